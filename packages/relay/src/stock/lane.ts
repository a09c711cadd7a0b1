import { createHash } from 'node:crypto';
import { parseDocumentName, type Clock, type CollectionId, type GoneReason, type Random, type Wire, type WireRole } from '@cacaw/protocol';
import type { GuardSchema } from '@cacaw/protocol/guard';
import type { Observer } from '../observer.ts';
import { notingJoins, notingStrangers } from '../audit/noting.ts';
import type { Audit } from '../ports/audit.ts';
import type { Access } from '../ports/access.ts';
import type { Authenticator, Identity } from '../ports/authenticator.ts';
import { LogUnavailable, type UpdateLog } from '../ports/update-log.ts';
import type { Author } from '../room/ops.ts';
import type { Rooms } from '../room/rooms.ts';
import { FreeDocument } from './free-document.ts';
import type { SignInWatch } from '../session/sign-in-watch.ts';
import { closeNameFor, StockSession, type StockCaller } from './stock-session.ts';

/** What a stock client asks for in its address, its subprotocols and its headers. */
export interface StockRequest {
  readonly collection: CollectionId;
  /** `free.<name>`, without generation. */
  readonly base: string;
  /** Where the connection comes from. */
  readonly address?: string | undefined;
  /** The subprotocol `bearer.<jwt>`. */
  readonly token?: string | undefined;
  /** The subprotocol `capability.<secret>`: the secret of a link that lets guests in. */
  readonly secret?: Uint8Array | undefined;
  /** The subprotocol `capability.<secret>.<device>`: the device's own secret, by which a guest is who it is on the native lane. */
  readonly device?: Uint8Array | undefined;
  /** Of the upgrade, when its cookie may act here; looked at only without the other two. */
  readonly headers?: Headers | undefined;
}

/** What the lane is made of. */
export interface StockLaneOptions {
  readonly rooms: Rooms;
  readonly log: UpdateLog;
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly signIns: SignInWatch;
  readonly schema: GuardSchema;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  readonly audit: Audit;
}

/** Plain y-websocket clients at free documents, behind the same rooms and the same log. */
export interface StockLane {
  accept(wire: Wire, request: StockRequest): void;
  /** Ends every connection; stock clients come back by themselves. */
  close(): void;
}

/** The lane of one relay. */
export const createStockLane = (options: StockLaneOptions): StockLane => new Lane(options);

class Lane implements StockLane {
  readonly #options: StockLaneOptions;
  readonly #sessions = new Set<StockSession>();
  readonly #documents = new Map<string, Promise<FreeDocument | 'damaged' | undefined>>();

  constructor(options: StockLaneOptions) {
    this.#options = options;
  }

  accept(wire: Wire, request: StockRequest): void {
    const { clock, signIns } = this.#options;
    const session = new StockSession({ wire, clock, signIns, onClosed: (closed) => this.#sessions.delete(closed) });
    this.#sessions.add(session);
    this.#begin(session, request).catch((error: unknown) => {
      if (!(error instanceof LogUnavailable))
        this.#options.observer.fault('a free document could not be opened', { collection: request.collection, error });
      session.close(error instanceof LogUnavailable ? 'database' : 'internal', 'The document could not be opened; come back.');
    });
  }

  close(): void {
    for (const session of [...this.#sessions]) session.close('draining', 'The relay is shutting down.');
  }

  async #begin(session: StockSession, request: StockRequest): Promise<void> {
    const { collection, base } = request;
    const caller = await this.#identify(request);
    if (caller === undefined) return session.close('unauthenticated', noCredential);
    session.stand(caller);
    const entry = await this.#admit(caller, request);
    if ('refused' in entry) return session.close(closeNameFor(entry.refused, caller), 'There is no such collection for you.');
    const document = await this.#open(request);
    if (document === undefined) return session.close('unknown', 'There is no such collection for you.');
    if (document === 'damaged') return session.close('unknown', `The document ${base} is damaged and cannot be opened.`);
    try {
      // Asked again where nothing moves: a change after this reaches the session as it reaches every occupant.
      const { member } = entry.author;
      const current = (await document.room.between(() => this.#options.access.current(collection, [member]))).get(member);
      if (current === undefined) return session.close(closeNameFor('removed', caller), 'The collection is gone for you.');
      if (document.isEnded && !session.isClosed) return await this.#begin(session, request);
      session.begin({ ...entry, role: current.role, document });
    } finally {
      document.endIfAlone();
    }
  }

  /** What a client offers on purpose counts before the cookie a browser sends along. */
  async #identify({ token, secret, device, headers, address }: StockRequest): Promise<StockCaller | undefined> {
    const authenticator = notingStrangers(this.#options.authenticator, { audit: this.#options.audit, address });
    if (token !== undefined) return callerOf(await authenticator.identify({ kind: 'bearer', token }), 'account');
    if (secret !== undefined) {
      const own = device ?? linkAccountSecret(secret);
      return callerOf(await authenticator.identify({ kind: 'secret', secret: own }), 'link');
    }
    const identity = headers && (await authenticator.identifyRequest(headers));
    // A sign-in in use is prolonged: whether a cookie still counts is asked again and again, not timed.
    const isByCookie = headers?.get('authorization') === null;
    return callerOf(identity && (isByCookie ? { ...identity, expiresAt: undefined } : identity), 'account');
  }

  async #admit(
    { identity }: StockCaller,
    { collection, secret, address }: StockRequest,
  ): Promise<{ readonly author: Author; readonly role: WireRole } | { readonly refused: GoneReason }> {
    const { access, audit } = this.#options;
    const answer = await notingJoins(access, { audit, address }).admit(identity, collection, secret);
    if ('refused' in answer) return answer;
    const { member, role } = answer.admitted;
    return { role, author: { account: identity.account, member, appSchema: Number.MAX_SAFE_INTEGER } };
  }

  /** The last peer may just have left: what it ended is opened again. */
  async #open(request: StockRequest): Promise<FreeDocument | 'damaged' | undefined> {
    for (;;) {
      const document = await this.#document(request);
      if (document === undefined || document === 'damaged' || !document.isEnded) return document;
    }
  }

  #document({ collection, base }: StockRequest): Promise<FreeDocument | 'damaged' | undefined> {
    const key = `${collection} ${base}`;
    const forget = (): void => void this.#documents.delete(key);
    const open = async (): Promise<FreeDocument | 'damaged' | undefined> => {
      const room = await this.#options.rooms.open(collection);
      const document = room && (await FreeDocument.open({ ...this.#options, room, base, onEnded: forget }));
      if (document === undefined || document === 'damaged') forget();
      return document;
    };
    const known = this.#documents.get(key);
    if (known !== undefined) return known;
    const opening = open();
    opening.catch(forget);
    this.#documents.set(key, opening);
    return opening;
  }
}

const noCredential = 'Sign in again, or offer the subprotocol bearer.<token> or capability.<secret> beside yjs.';

const callerOf = (identity: Identity | undefined, by: StockCaller['by']): StockCaller | undefined => identity && { identity, by };

/** Everybody who comes by the same link with neither an account nor a device's secret is one member: the link. */
const linkAccountSecret = (secret: Uint8Array): Uint8Array =>
  new Uint8Array(createHash('sha256').update('stock lane').update(secret).digest());

/** Takes `free.<name>` apart; undefined when it names no free document. */
export function freeDocumentBase(name: string): string | undefined {
  const parsed = parseDocumentName(`${name}.0`);
  return parsed?.kind === 'free' ? parsed.base : undefined;
}
