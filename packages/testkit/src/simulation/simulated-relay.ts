import { inventoryGuardSchema, noteLimit } from '@cacaw/core/schema';
import { mint } from '@cacaw/core';
import type { Clock, CollectionId, MemberId, Wire } from '@cacaw/protocol';
import type { GuardSchema } from '@cacaw/protocol/guard';
import {
  createRelayCore,
  createSecretAuthenticator,
  type FanOut,
  type Observer,
  type ProbePoint,
  type RelayCore,
  type UpdateLog,
} from '@cacaw/relay';
import { descriptionLimit } from '../actions.ts';
import type { SimulatedClock } from '../clock.ts';
import { createConnection, type Connection, type Direction } from '../network.ts';
import type { SeededRandom } from '../random.ts';
import type { SimulatedDatabase } from './simulated-database.ts';

/** What every relay of one world shares. */
export interface RelayGround {
  readonly clock: SimulatedClock;
  readonly random: SeededRandom;
  readonly database: SimulatedDatabase;
  readonly fanOut: () => FanOut;
  readonly observer: Observer;
  /** Stands before the log, to plant a bug in it. */
  readonly spoilLog: (log: UpdateLog) => UpdateLog;
  /** Bytes a new connection carries a second, each way. */
  readonly bytesPerSecond: () => number;
  /** Frames that may arrive twice. */
  readonly mayRepeat: (frame: Uint8Array, direction: Direction) => boolean;
}

const never = new Promise<never>(() => undefined);
const points: readonly ProbePoint[] = ['guard', 'before-append', 'after-commit', 'before-ack', 'before-forward'];

/** The inventory's own rules but for a shorter description, so that the real guard refuses what a device may write. */
const strictSchema: GuardSchema = {
  ...inventoryGuardSchema,
  rows: { ...inventoryGuardSchema.rows, fields: { ...inventoryGuardSchema.rows.fields, ds: { kind: 'text', max: descriptionLimit } } },
};

/** One relay process over a shared database: the real relay, crashed and started again at will. */
export class SimulatedRelay {
  readonly #ground: RelayGround;
  readonly #connections = new Set<Connection>();
  #clock: (Clock & { stop(): void }) | undefined;
  #core: RelayCore | undefined;
  #crashAt: ProbePoint | undefined;
  crashes = 0;

  readonly #name: string;

  constructor(ground: RelayGround, name: string) {
    this.#ground = ground;
    this.#name = name;
    this.start();
  }

  get isUp(): boolean {
    return this.#core !== undefined;
  }

  start(): void {
    if (this.#core !== undefined) return;
    const { database, observer, random, spoilLog } = this.#ground;
    const clock = this.#ground.clock.process();
    const life = { isUp: true };
    const end = (): void => {
      life.isUp = false;
      clock.stop();
    };
    const log = database.openLog({ life, clock, random });
    this.#clock = { ...clock, stop: end };
    this.#core = createRelayCore({
      log: spoilLog(log),
      authenticator: createSecretAuthenticator(),
      access: database.access,
      fanOut: this.#ground.fanOut(),
      clock,
      // A stream of its own for every life: two that draw alike would mint under one writer id.
      random: random.fork(`${this.#name}, life ${this.crashes}`),
      schema: strictSchema,
      maxNoteLength: noteLimit * 2,
      snapshots: { rows: 12, bytes: 4096 },
      observer,
      probe: (point) => (life.isUp ? this.#probe(point) : never),
    });
  }

  /** Ends without a word: nothing under way is finished, every connection is lost. */
  crash(): void {
    if (this.#core === undefined) return;
    this.crashes += 1;
    this.#clock?.stop();
    this.#core = undefined;
    this.#crashAt = undefined;
    for (const connection of [...this.#connections]) connection.cut();
    this.#connections.clear();
  }

  /** Runs, and no longer crashes at a moment picked before. */
  calm(): void {
    this.#crashAt = undefined;
    this.start();
  }

  /** Makes a document anew under its next generation, as a worker does when history outweighs content. */
  mint(collection: CollectionId, base: string): void {
    const minting = this.#core?.mint({ collection, base, member: 1 as MemberId }, mint);
    minting?.catch((error: unknown) => this.#ground.observer.fault('a mint failed', { error }));
  }

  /** Crashes when it next reaches a moment the seed picks. */
  crashSoon(): void {
    this.#crashAt = this.#ground.random.pick(points);
  }

  /** Opens a connection; undefined while the relay is down. */
  connect(): Connection | undefined {
    if (this.#core === undefined) return undefined;
    const { clock, random, mayRepeat, bytesPerSecond } = this.#ground;
    const connection = createConnection({ clock, random, maxDelayMs: 80, bytesPerSecond: bytesPerSecond(), repeat: 0.03, mayRepeat });
    this.#connections.add(connection);
    this.#core.accept(connection.relay);
    return connection;
  }

  #probe(point: ProbePoint): void | Promise<void> {
    if (point !== this.#crashAt) return undefined;
    this.crash();
    return never;
  }
}

/** The client's end of a connection that never opens. */
export function refusedConnection(clock: Clock): Wire {
  return {
    buffered: 0,
    send: () => undefined,
    close: () => undefined,
    onFrame: () => undefined,
    onClose: (listener) => void clock.after(10, () => listener(1006, 'nobody answers')),
  };
}
