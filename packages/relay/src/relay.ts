import { closeReasons, type AccountId, type Clock, type CollectionId, type MemberId, type Random, type Wire } from '@cacaw/protocol';
import type { GuardSchema } from '@cacaw/protocol/guard';
import { createAppender } from './log/appender.ts';
import { silentObserver, type Observer, type Probe } from './observer.ts';
import { notingJoins, notingStrangers } from './audit/noting.ts';
import { noAudit, type Audit } from './ports/audit.ts';
import type { Access } from './ports/access.ts';
import type { Authenticator, SignInId } from './ports/authenticator.ts';
import type { FanOut } from './ports/fan-out.ts';
import type { UpdateLog } from './ports/update-log.ts';
import { defaultSnapshotPolicy, type SnapshotPolicy } from './room/documents.ts';
import { mintDocument, type Make } from './room/history.ts';
import { createRooms, type Rooms } from './room/rooms.ts';
import { Session } from './session/session.ts';
import { createSignInWatch, type SignInWatch } from './session/sign-in-watch.ts';
import { createStockLane, type StockLane, type StockRequest } from './stock/lane.ts';

/** What a relay is made of. Everything it does depends on these and on nothing else. */
export interface RelayOptions {
  readonly log: UpdateLog;
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly fanOut: FanOut;
  readonly clock: Clock;
  readonly random: Random;
  readonly schema: GuardSchema;
  /** Characters a note may reach by merging before its edits are refused. */
  readonly maxNoteLength: number;
  /** When rows of a document are folded into a snapshot. */
  readonly snapshots?: SnapshotPolicy | undefined;
  readonly observer?: Observer | undefined;
  /** Notes who joins and who is refused; left out notes nothing. */
  readonly audit?: Audit | undefined;
  readonly probe?: Probe | undefined;
}

/** The server that checks, stores and forwards updates, without any network of its own. */
export interface RelayCore {
  /** Speaks protocol 1 on an open connection until it closes; `address` is where it comes from. */
  accept(wire: Wire, address?: string): void;
  /** Speaks plain y-websocket about one free document until the connection closes. */
  acceptStock(wire: Wire, request: StockRequest): void;
  /** Closes every connection of a sign-in that has just been ended here; what is ended elsewhere is noticed within a second. */
  endSignIn(signIn: SignInId): void;
  /** The rights in a collection have changed: its room looks at once, other relays are given a hint. */
  look(collection: CollectionId): void;
  /**
   * Makes a document anew under its next generation, in the name of a member. `make` turns all its updates into one (core's
   * `mint`). `moved` when somebody wrote meanwhile: ask again.
   */
  mint(
    place: { readonly collection: CollectionId; readonly base: string; readonly member: MemberId },
    make: Make,
  ): Promise<'minted' | 'moved' | 'missing'>;
  /** Takes no more edits, finishes the commit under way, says `bye` on every connection and closes. */
  drain(): Promise<void>;
  /** Ends at once, as a crash would. */
  close(): void;
}

/** A relay over the given ports. */
export function createRelayCore(options: RelayOptions): RelayCore {
  return new Relay(options);
}

/** After a drain everybody comes back spread over this long. */
const spreadMs = 2_000;

class Relay implements RelayCore {
  readonly #options: RelayOptions;
  readonly #observer: Observer;
  readonly #rooms: Rooms;
  readonly #sessions = new Set<Session>();
  readonly #signIns: SignInWatch;
  readonly #stockLane: StockLane;
  #isDraining = false;

  constructor(options: RelayOptions) {
    const { log, clock } = options;
    const probe = options.probe ?? (() => undefined);
    this.#options = options;
    this.#observer = options.observer ?? silentObserver;
    this.#rooms = createRooms({
      ...options,
      snapshots: options.snapshots ?? defaultSnapshotPolicy,
      observer: this.#observer,
      probe,
      appender: createAppender({ log, clock, probe }),
    });
    this.#signIns = createSignInWatch(options);
    this.#stockLane = createStockLane({
      ...options,
      audit: options.audit ?? noAudit,
      rooms: this.#rooms,
      signIns: this.#signIns,
      observer: this.#observer,
    });
  }

  accept(wire: Wire, address?: string): void {
    const { log, authenticator, access, clock, random, audit = noAudit } = this.#options;
    const noted = { audit, address };
    const session = new Session(wire, {
      rooms: this.#rooms,
      log,
      authenticator: notingStrangers(authenticator, noted),
      access: notingJoins(access, noted),
      signIns: this.#signIns,
      clock,
      random,
      observer: this.#observer,
      isDraining: () => this.#isDraining,
      onClosed: (closed) => this.#sessions.delete(closed),
    });
    if (this.#isDraining) session.bye(spreadMs);
    else this.#sessions.add(session);
  }

  acceptStock(wire: Wire, request: StockRequest): void {
    if (this.#isDraining) wire.close(closeReasons.draining.code, 'The relay is shutting down.');
    else this.#stockLane.accept(wire, request);
  }

  endSignIn(signIn: SignInId): void {
    this.#signIns.end(signIn);
  }

  look(collection: CollectionId): void {
    this.#rooms.look(collection);
    this.#options.fanOut.publish(collection);
  }

  async mint(
    { collection, base, member }: { readonly collection: CollectionId; readonly base: string; readonly member: MemberId },
    make: Make,
  ): Promise<'minted' | 'moved' | 'missing'> {
    const room = await this.#rooms.open(collection);
    const author = { account: '' as AccountId, member, appSchema: Number.MAX_SAFE_INTEGER };
    return room === undefined ? 'missing' : mintDocument(room, { base, author }, { ...this.#options, make });
  }

  async drain(): Promise<void> {
    this.#isDraining = true;
    await this.#rooms.settled();
    for (const session of [...this.#sessions]) session.bye(spreadMs);
    this.close();
  }

  close(): void {
    this.#isDraining = true;
    for (const session of [...this.#sessions]) session.close('draining', 'The relay has stopped.');
    this.#stockLane.close();
    this.#signIns.close();
    this.#rooms.close();
  }
}
