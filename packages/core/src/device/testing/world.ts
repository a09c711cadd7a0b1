import {
  newCollectionId,
  newCommandId,
  newWriterId,
  sameBytes,
  type CollectionId,
  type CommandId,
  type MemberId,
  type Ref,
  type Seq,
  type WriterId,
} from '@cacaw/protocol';
import { CommandError, type Command } from '../../inventory/commands.ts';
import type { Device, LogEntry } from '../device.ts';
import { createMemoryDisk, type MemoryDisk, type MemoryStore } from '../memory-store.ts';
import { openDevice } from '../open-device.ts';
import { StoreError, type PendingUpdate, type StoredCursor } from '../store.ts';
import { randomCommand } from './commands.ts';
import { LogRelay, type Answer } from './log-relay.ts';
import { differences, pendingIn, shownBy, shownFrom } from './oracle.ts';
import { ManualClock, SeededRandom } from './ports.ts';

/** One person's device in a world: its disk outlives its terms. */
export interface Resident {
  readonly member: MemberId;
  disk: MemoryDisk;
  store: MemoryStore;
  device: Device;
  /** Commands whose `kept` has resolved on this disk. */
  readonly kept: CommandId[];
  /** The first refusal this device has heard and not yet recovered from. */
  refusedBy: { readonly writer: WriterId; readonly ref: Ref; readonly kind: string } | undefined;
}

/** What has happened, so that a run can be seen not to be empty. */
export type Tally = { [what: string]: number };

/** A few devices and one log, driven step by step from a seed; the oracle is checked after every step. */
export class World {
  readonly random: SeededRandom;
  readonly clock: ManualClock = new ManualClock();
  relay: LogRelay = new LogRelay(1);
  readonly collection: CollectionId;
  readonly residents: Resident[] = [];
  readonly tally: Tally = {};

  private constructor(seed: number) {
    this.random = new SeededRandom(seed);
    this.collection = newCollectionId(this.random);
  }

  /** A world in which the first device has made the collection and every other has it. */
  static async create(seed: number, devices: number): Promise<World> {
    const world = new World(seed);
    for (let member = 1; member <= devices; member += 1) await world.#settle(member as MemberId, createMemoryDisk());
    const [first] = world.residents;
    if (first === undefined) throw new Error('A world needs a device.');
    await first.device.run({ type: 'createCollection', id: world.collection, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
    await world.push(first, { most: 99 });
    for (const resident of world.residents) {
      await resident.device.setReach(world.collection, { mode: 'sync', secret: 's' });
      await world.pull(resident);
    }
    return world;
  }

  async #settle(member: MemberId, disk: MemoryDisk, seed: number = this.random.next()): Promise<Resident> {
    const resident: Resident = { member, disk, ...(await this.#open(disk, seed)), kept: [], refusedBy: undefined };
    this.residents.push(resident);
    return resident;
  }

  async #open(disk: MemoryDisk, seed: number): Promise<Pick<Resident, 'store' | 'device'>> {
    const store = disk.open();
    const device = await openDevice({ store, clock: this.clock, random: new SeededRandom(seed), idleMs: 0, mostShards: 3 });
    return { store, device };
  }

  /** Another device of the same person with the same disk, as after restoring a machine from an image. */
  async clone(resident: Resident): Promise<Resident> {
    this.#count('clone');
    return this.#settle(resident.member, resident.disk.clone());
  }

  /** Two machines that both woke from one image taken right after the term began: same term, same writer id, same randomness. */
  async thaw(resident: Resident): Promise<Resident> {
    const seed = this.random.next();
    await this.restart(resident, seed);
    this.#count('thaw');
    return this.#settle(resident.member, resident.disk.clone(), seed);
  }

  /** Ends the term without a word and begins another on the same disk. */
  async restart(resident: Resident, seed: number = this.random.next()): Promise<void> {
    this.#count('restart');
    resident.store.crash();
    Object.assign(resident, await this.#open(resident.disk, seed), { refusedBy: undefined });
  }

  /** The relay comes back with an older copy of its log, as another lineage. */
  restoreRelay(): void {
    this.#count('restore');
    this.relay = this.relay.restored(this.random.below(this.relay.head + 1));
  }

  /** What a client does first on a log that is not its cursor's: gives it what it lacks, then reads it from nothing. */
  async #reconcile(resident: Resident): Promise<boolean> {
    const { device } = resident;
    const cursor = await device.cursor(this.collection);
    if (cursor === undefined || sameBytes(cursor.lineage, this.relay.lineage)) return false;
    for (const document of (await device.stateVectors(this.collection, 'all')).keys()) {
      const stateVector = this.relay.stateVector(document);
      if (stateVector === undefined) continue;
      for (const piece of await device.differences(this.collection, { document, stateVector }, 'all'))
        this.relay.repair(document, piece, newWriterId(this.random));
    }
    await device.reset(this.collection);
    resident.refusedBy = undefined;
    this.#count('reconcile');
    await this.pull(resident);
    return true;
  }

  async edit(resident: Resident, command?: Command): Promise<boolean> {
    const chosen = command ?? (await randomCommand(this.random, resident.store, this.collection));
    if (chosen === undefined) return false;
    const id = newCommandId(this.random);
    try {
      await resident.device.run(chosen, id);
      resident.kept.push(id);
      this.#count('edit');
      return true;
    } catch (error) {
      if (error instanceof StoreError) this.#count('failed');
      else if (error instanceof CommandError) this.#count('declined');
      else throw error;
      return false;
    }
  }

  /** Something to do to registers only: text merges by bytes, which no list of writes can repeat. */
  async commandWithoutNotes(resident: Resident): Promise<Command | undefined> {
    const command = await randomCommand(this.random, resident.store, this.collection);
    return command?.type === 'editNote' ? undefined : command;
  }

  /** An edit whose transaction the browser gives up. */
  async failingEdit(resident: Resident): Promise<void> {
    const { failCommits } = resident.store.faults;
    failCommits.push(this.random.chance(0.5) ? 'full' : 'aborted');
    await this.edit(resident);
    failCommits.length = 0;
  }

  /** Kills the tab at the `after`-th point its store reaches while it acts, if it gets that far, and begins a new term. */
  async crashDuring(resident: Resident, after: number, act: () => Promise<unknown>): Promise<boolean> {
    const crashed = Promise.withResolvers<'crashed'>();
    let left = after;
    resident.store.faults.pace = () => {
      left -= 1;
      if (left !== 0) return undefined;
      resident.store.crash();
      crashed.resolve('crashed');
      return undefined;
    };
    const end = await Promise.race([crashed.promise, act()]);
    resident.store.faults.pace = undefined;
    if (end !== 'crashed') return false;
    this.#count('crash');
    await this.restart(resident);
    return true;
  }

  /** Kept commands a device's store has lost: there must be none. */
  async lost(resident: Resident): Promise<readonly CommandId[]> {
    const known = await resident.store.read(['commands', 'pending'], async (tx) => [
      ...(await tx.range('commands', {})).map((done) => done.id),
      ...(await tx.range('pending', {})).map((pending) => pending.done?.id),
    ]);
    return resident.kept.filter((id) => !known.includes(id));
  }

  /** Sends pending pushes as they are; some are refused, and the answers to some never come. */
  async push(resident: Resident, how: { readonly most: number; readonly refuse?: number; readonly cut?: number }): Promise<void> {
    if (await this.#reconcile(resident)) return;
    if (resident.refusedBy !== undefined) return this.recover(resident);
    for (const update of (await resident.device.pending(this.collection)).slice(0, how.most)) {
      const answer = this.#send(resident, update, this.random.chance(how.refuse ?? 0));
      if (this.random.chance(how.cut ?? 0)) {
        this.#count('cut');
        resident.refusedBy = undefined;
        return;
      }
      if (answer.kind === 'refused' && resident.refusedBy === undefined) {
        this.#count(`refused ${answer.why}`);
        resident.refusedBy = { writer: update.writer, ref: update.ref, kind: answer.why };
      }
    }
  }

  #send(resident: Resident, update: PendingUpdate, refuse: boolean): Answer {
    this.#count('push');
    return this.relay.push(update, resident.member, refuse);
  }

  /** Closes every writer with pending writes and rebases, as a client does after a refusal; the tail is drained first. */
  async recover(resident: Resident): Promise<void> {
    if (await this.#reconcile(resident)) return;
    const { refusedBy } = resident;
    const pending = await resident.device.pending(this.collection);
    const closed = new Map([...new Set(pending.map((one) => one.writer))].map((writer) => [writer, this.relay.close(writer)]));
    const refused = refusedBy === undefined ? {} : { refused: { ...refusedBy, reason: 'planted' } };
    await resident.device.rebase(this.collection, { closed, ...refused });
    resident.refusedBy = undefined;
    this.#count('rebase');
  }

  /** Reads the next entries of the log; own commits come as acks or, as after a lost connection, as updates. */
  async receive(resident: Resident, most: number): Promise<void> {
    if (await this.#reconcile(resident)) return;
    const cursor = await resident.device.cursor(this.collection);
    if (cursor === undefined || cursor.pull !== undefined) return this.pull(resident);
    const run = this.relay.log.slice(cursor.seq, cursor.seq + most);
    const last = run.at(-1);
    if (last === undefined) return;
    const entries: LogEntry[] = [];
    for (const { ref, ...update } of run) {
      const own = (await pendingIn(resident.store, this.collection)).some(
        (one) => one.writer === update.writer && one.ref === ref && one.bytes.every((byte, at) => byte === update.bytes[at]),
      );
      if (own && this.random.chance(0.6)) entries.push({ kind: 'ack', seq: update.seq, writer: update.writer, ref });
      else entries.push({ kind: 'update', ...update });
    }
    await resident.device.confirm(this.collection, entries, this.#cursorAt(last.seq));
    this.#count('tail');
  }

  /** Pulls everything after the cursor in pages. */
  async pull(resident: Resident): Promise<void> {
    if (await this.#reconcile(resident)) return;
    const { device } = resident;
    const cursor = await device.cursor(this.collection);
    const after = cursor?.seq ?? (0 as Seq);
    const writers = (await pendingIn(resident.store, this.collection)).map((one) => one.writer);
    const lastRefs = this.relay.lastRefs(writers);
    const pages = this.relay.pages(after, { size: 1 + this.random.below(3), snapshots: this.random.chance(0.5) });
    for (const page of pages) {
      const position =
        page.next === undefined ? this.#cursorAt(page.head) : { ...this.#cursorAt(after), pull: { head: page.head, next: page.next } };
      await device.confirmPage(this.collection, page, lastRefs, position);
    }
    this.#count('pull');
  }

  mint(): void {
    const base = this.random.pick(this.relay.bases());
    if (base === undefined) return;
    this.relay.mint(base, newWriterId(this.random));
    this.#count('mint');
  }

  #cursorAt(seq: Seq): StoredCursor {
    return { collection: this.collection, lineage: this.relay.lineage, seq, chain: this.relay.chainAt(seq) };
  }

  /** Lets everything arrive everywhere and nothing be refused. */
  async calm(): Promise<void> {
    for (let round = 0; round < 40; round += 1) {
      for (const resident of this.residents) {
        await this.receive(resident, 1000);
        await this.push(resident, { most: 1000 });
        await this.pull(resident);
      }
      const left = await Promise.all(
        this.residents.map(
          async (one) =>
            (await pendingIn(one.store, this.collection)).length +
            ((await one.device.cursor(this.collection))?.seq === this.relay.head ? 0 : 1),
        ),
      );
      if (left.every((count) => count === 0)) return;
    }
    const stuck = await Promise.all(
      this.residents.map(async (one) =>
        (await pendingIn(one.store, this.collection)).map(({ writer, ref, document, committed }) => ({
          member: one.member,
          writer,
          ref,
          document,
          committed,
        })),
      ),
    );
    throw new Error(`The world does not come to rest: ${JSON.stringify({ stuck, tally: this.tally })}`);
  }

  /** The oracle: rows(device) = rows(log up to its cursor) + pending writes. Returns where it does not hold. */
  async check(resident: Resident): Promise<readonly string[]> {
    const cursor = await resident.device.cursor(this.collection);
    if (cursor?.pull !== undefined || (cursor !== undefined && !sameBytes(cursor.lineage, this.relay.lineage))) return [];
    const [actual, pending] = await Promise.all([shownBy(resident.store, this.collection), pendingIn(resident.store, this.collection)]);
    return differences(actual, shownFrom(this.collection, this.relay.log.slice(0, cursor?.seq ?? 0), pending));
  }

  #count(what: string): void {
    this.tally[what] = (this.tally[what] ?? 0) + 1;
  }
}
