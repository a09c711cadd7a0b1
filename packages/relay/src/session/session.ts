import {
  createHandleNames,
  maxFrameBytes,
  maxPageBytes,
  protocolVersion,
  silenceLimitMs,
  type ClientMessage,
  type Clock,
  type CloseName,
  type CollectionId,
  type DocumentName,
  type GoneReason,
  type Handle,
  type HandleNames,
  type Random,
  type Wire,
  type WriterId,
} from '@cacaw/protocol';
import type { Observer } from '../observer.ts';
import type { Access } from '../ports/access.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import { LogUnavailable, type UpdateLog } from '../ports/update-log.ts';
import { framesOf } from '../room/naming.ts';
import type { Rooms } from '../room/rooms.ts';
import { Allowance } from './allowance.ts';
import { openEntrance, type Who } from './entrance.ts';
import type { SignInWatch } from './sign-in-watch.ts';
import { Tenure } from './tenure.ts';
import { createIntake, type Intake, type WholeMessage } from './intake.ts';
import { createOutlet, type Outlet } from './outlet.ts';
import { Stay } from './stay.ts';
import { untilAnswered } from './until-answered.ts';

type Client<Type extends ClientMessage['type']> = Extract<ClientMessage, { readonly type: Type }>;

/** What sessions are made of. */
export interface SessionOptions {
  readonly rooms: Rooms;
  readonly log: UpdateLog;
  readonly authenticator: Authenticator;
  readonly access: Access;
  readonly signIns: SignInWatch;
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  /** The relay is draining: pushes are refused `busy`. */
  readonly isDraining: () => boolean;
  readonly onClosed: (session: Session) => void;
}

const helloLimitMs = 10_000;
const maxNames = 200_000;
const maxCollections = 256;

/**
 * One connection, any number of collections.
 *
 * 1. Frames are handled one after the other, in the order they came; a frame that must wait holds those behind it.
 * 2. Nothing but `hello` is taken before the welcome, and only within ten seconds.
 * 3. What cannot be read, or breaks the order, ends the connection with 4400 and nothing else.
 * 4. Nothing is done for a connection after it closed.
 * 5. It ends with 4401 when its credential ends unrenewed or its sign-in is ended.
 */
export class Session {
  readonly #options: SessionOptions;
  readonly #outlet: Outlet;
  readonly #names: HandleNames = createHandleNames(maxNames);
  readonly #intake: Intake;
  readonly #stays = new Map<CollectionId, Stay>();
  readonly #allowance: Allowance;
  readonly #tenure: Tenure;
  #who: Who | undefined;
  #heardAt: number;
  #cancelWatch: (() => void) | undefined;

  constructor(wire: Wire, options: SessionOptions) {
    const { clock } = options;
    this.#options = options;
    this.#allowance = new Allowance(clock);
    this.#tenure = new Tenure({ clock, watch: options.signIns, onOver: (reason) => this.#breach('unauthenticated', reason) });
    this.#heardAt = clock.now();
    this.#outlet = createOutlet({ wire, clock, onQuiet: () => this.#pong(), onClosed: () => this.#end() });
    const isWelcome = (): boolean => this.#who !== undefined;
    this.#intake = createIntake({
      get takesParts() {
        return isWelcome();
      },
      receive: (message, length) => this.#receive(message, length),
      breach: (name, reason) => this.#breach(name, reason),
      fault: (error) => this.#fail(error),
    });
    wire.onFrame((frame) => {
      this.#heardAt = clock.now();
      this.#intake.hear(frame);
    });
    wire.onClose(() => this.#outlet.close('leaving', ''));
    this.#cancelWatch = clock.after(helloLimitMs, () => this.#watch());
  }

  /** Says that the relay is going away and when to come back, then closes. */
  bye(retryAfterMs: number): void {
    this.#outlet.send(framesOf({ type: 'bye', retryAfterMs }));
    this.#outlet.close('draining', 'The relay is shutting down.');
  }

  close(name: CloseName, reason: string): void {
    this.#outlet.close(name, reason);
  }

  #end(): void {
    this.#cancelWatch?.();
    this.#tenure.release();
    for (const stay of this.#stays.values()) stay.leave();
    this.#stays.clear();
    this.#intake.close();
    this.#options.onClosed(this);
  }

  #watch(): void {
    if (this.#outlet.isClosed) return;
    if (this.#who === undefined) return this.#breach('unauthenticated', 'No hello came.');
    const waitMs = this.#heardAt + silenceLimitMs - this.#options.clock.now();
    if (waitMs <= 0) return this.#outlet.close('leaving', 'Nothing was heard for too long.');
    this.#cancelWatch = this.#options.clock.after(waitMs, () => this.#watch());
  }

  #pong(): void {
    if (this.#who !== undefined) this.#outlet.send(framesOf({ type: 'pong', serverTime: this.#options.clock.now() }));
  }

  #breach(name: CloseName, reason: string): void {
    if (this.#outlet.isClosed) return;
    this.#options.observer.note('closed a connection', { name, reason });
    this.#outlet.close(name, reason);
  }

  #fail(error: unknown): void {
    if (error instanceof LogUnavailable) return this.#breach('database', 'The database did not answer; come back.');
    this.#options.observer.fault('a frame could not be handled', { error });
    this.#breach('internal', 'The relay failed.');
  }

  #receive(message: WholeMessage, length: number): Promise<void> | undefined {
    if (message.type === 'hello') return this.#hello(message);
    if (this.#who === undefined) this.#breach('unauthenticated', `${message.type} before hello`);
    const granted = this.#allowance.take(message.type, length);
    if (granted === 'over') this.#breach('overloaded', 'Too many messages; come back later.');
    return this.#outlet.isClosed ? undefined : this.#dispatch(message, granted === 'granted');
  }

  #dispatch(message: Exclude<WholeMessage, Client<'hello'>>, isAffordable: boolean): Promise<void> | undefined {
    switch (message.type) {
      case 'auth':
        return this.#renew(message);
      case 'join':
        return this.#join(message);
      case 'define':
        this.#define(message);
        return undefined;
      case 'ping':
        this.#pong();
        return undefined;
      case 'leave':
        this.#leave(message.collection);
        return undefined;
      default:
        this.#ask(message, isAffordable);
        return undefined;
    }
  }

  #define(message: Client<'define'>): void {
    if (this.#names.define(message) === 'refused') this.#breach('malformed', `handle ${message.handle} cannot be defined`);
  }

  #leave(collection: Handle): void {
    const id = this.#names.nameOf('collection', 0, collection);
    if (id === undefined) return this.#breach('malformed', 'leave names no collection');
    this.#stays.get(id)?.leave();
    this.#stays.delete(id);
  }

  /** Everything that is about a collection this connection is in. What comes for one it has just lost is dropped. */
  #ask(message: Client<'pull' | 'push' | 'close' | 'state' | 'repair' | 'presence'>, isAffordable: boolean): void {
    const id = this.#names.nameOf('collection', 0, message.collection);
    if (id === undefined) return this.#breach('malformed', `${message.type} names no collection`);
    const stay = this.#stays.get(id);
    if (stay === undefined) return;
    switch (message.type) {
      case 'pull':
        return stay.pull(message);
      case 'presence':
        return this.#allowance.takePresence() ? stay.present(message) : undefined;
      case 'push':
        return this.#push(stay, message, isAffordable);
      case 'close':
        return this.#withWriter(message, (writer) => stay.closeWriter(writer));
      case 'state':
        return this.#withDocument(message, (document) => stay.state(document, message.stateVector));
      case 'repair':
        return this.#withDocument(message, (document) => stay.repair(document, message.bytes));
    }
  }

  #push(stay: Stay, message: Client<'push'>, isAffordable: boolean): void {
    this.#withDocument(message, (document) =>
      this.#withWriter(message, (writer) => {
        if (!isAffordable || this.#options.isDraining()) stay.refuseBusy(writer, message.ref);
        else stay.push(writer, message, document);
      }),
    );
  }

  #withWriter(message: Client<'push' | 'close'>, run: (writer: WriterId) => void): void {
    const writer = this.#names.nameOf('writer', message.collection, message.writer);
    if (writer === undefined) this.#breach('malformed', `${message.type} names no writer`);
    else run(writer);
  }

  #withDocument(message: Client<'push' | 'state' | 'repair'>, run: (document: DocumentName) => void): void {
    const document = this.#names.nameOf('document', message.collection, message.document);
    if (document === undefined) this.#breach('malformed', `${message.type} names no document`);
    else run(document);
  }

  // Invariant 2.

  async #hello({ protocol, appSchema, name, credential }: Client<'hello'>): Promise<void> {
    if (this.#who !== undefined) return this.#breach('malformed', 'a second hello');
    if (protocol !== protocolVersion) return this.#breach('upgrade', `This relay speaks protocol ${protocolVersion}.`);
    const identity = await this.#options.authenticator.identify(credential);
    if (this.#outlet.isClosed) return;
    if (identity === undefined) return this.#breach('unauthenticated', 'The credential proves nothing.');
    this.#who = { identity, name, appSchema };
    this.#tenure.hold(identity);
    if (this.#outlet.isClosed) return;
    this.#outlet.send(
      framesOf({
        type: 'welcome',
        serverTime: this.#options.clock.now(),
        account: identity.account,
        maxFrameBytes,
        maxPageBytes,
        capabilities: [],
      }),
    );
  }

  async #renew({ credential }: Client<'auth'>): Promise<void> {
    const identity = await this.#untilAnswered(() => this.#options.authenticator.identify(credential));
    if (this.#outlet.isClosed || this.#who === undefined) return;
    if (identity === undefined || identity.account !== this.#who.identity.account)
      return this.#breach('unauthenticated', 'The new credential is of another account, or of none.');
    this.#who = { ...this.#who, identity };
    this.#tenure.hold(identity);
  }

  async #join(join: Client<'join'>): Promise<void> {
    const id = this.#names.nameOf('collection', 0, join.collection);
    const who = this.#who;
    if (id === undefined || who === undefined) return this.#breach('malformed', 'join names no collection');
    this.#stays.get(id)?.leave();
    this.#stays.delete(id);
    if (this.#stays.size >= maxCollections) return this.#breach('overloaded', `More than ${maxCollections} collections on one connection.`);
    await this.#untilAnswered(() => this.#enter(id, join, who));
  }

  /** Pings wait behind this: without a sign of life the device would give the connection up. */
  #untilAnswered<T>(ask: () => Promise<T>): Promise<T | undefined> {
    return untilAnswered(ask, { clock: this.#options.clock, isOver: () => this.#outlet.isClosed, onAway: () => this.#pong() });
  }

  async #enter(id: CollectionId, join: Client<'join'>, who: Who): Promise<void> {
    const entrance = await openEntrance(this.#options, who, id, join);
    if (this.#outlet.isClosed) return;
    if (typeof entrance === 'string') return this.#tellGone(id, entrance);
    const { room, author, role } = entrance;
    const stay = new Stay({
      ...this.#options,
      room,
      role,
      author,
      name: who.name,
      outlet: this.#outlet,
      onGone: () => this.#stays.delete(id),
      onBreach: (name, reason) => this.#breach(name, reason),
    });
    this.#stays.set(id, stay);
    this.#outlet.sendFrom(entrance.joined());
    stay.enter();
  }

  #tellGone(id: CollectionId, reason: GoneReason): void {
    const named = this.#options.rooms.nameOf(id);
    this.#outlet.define(named);
    this.#outlet.send(framesOf({ type: 'gone', collection: named.handle, reason }));
  }
}
