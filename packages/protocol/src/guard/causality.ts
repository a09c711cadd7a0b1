import type { Scan } from './scan.ts';
import type { StructHead, StructId } from './struct.ts';

/** The structs one update brings of one writer: a run of clocks, and what it waits for. */
interface Block {
  readonly client: number;
  readonly start: number;
  end: number;
  /** Structs of other writers in the same update that must come first, in clock order. */
  readonly waits: { readonly at: number; readonly for: StructId }[];
}

/**
 * What an update builds on. Everything must be committed already or come earlier in the update itself, because Yjs keeps
 * what it cannot place for ever, re-sends it to everybody and merges it in quadratic time.
 */
export class Causality {
  readonly #scan: Scan;
  readonly #known: ReadonlyMap<number, number>;
  readonly #blocks = new Map<number, Block>();

  constructor(scan: Scan, known: ReadonlyMap<number, number>) {
    this.#scan = scan;
    this.#known = known;
  }

  /** The clock expected next of `client` in the document as committed. */
  known(client: number): number {
    return this.#known.get(client) ?? 0;
  }

  /** The writers with structs in this update. */
  get clients(): readonly number[] {
    return [...this.#blocks.keys()];
  }

  begin(client: number, start: number): void {
    if (this.#blocks.has(client)) this.#scan.refuse('G2', `writer ${client} has two blocks; Yjs would drop the first`);
    if (start > this.known(client)) this.#scan.refuse('G3', `clock ${this.known(client)} of writer ${client} comes first`, 'gap');
    this.#blocks.set(client, { client, start, end: start, waits: [] });
  }

  add(head: StructHead, length: number): void {
    const block = this.#blocks.get(head.id.client);
    if (block === undefined) return;
    this.#need(block, head.id, head.origin);
    this.#need(block, head.id, head.rightOrigin);
    if (typeof head.parent === 'object') this.#need(block, head.id, head.parent);
    block.end = head.id.clock + length;
  }

  #need(block: Block, id: StructId, needed: StructId | undefined): void {
    if (needed === undefined) return;
    if (needed.client === id.client) {
      if (needed.clock >= id.clock) this.#scan.refuse('G3', `struct ${id.client}:${id.clock} builds on itself or its own future`);
      return;
    }
    if (needed.clock >= this.known(needed.client)) block.waits.push({ at: id.clock, for: needed });
  }

  /** Refuses with `gap` what depends on structs neither committed nor here, and with `rule` what depends on itself in a circle. */
  resolve(): void {
    for (const block of this.#blocks.values()) {
      for (const { for: needed } of block.waits) {
        if (needed.clock >= this.nextClock(needed.client))
          this.#scan.refuse('G3', `struct ${needed.client}:${needed.clock} comes first`, 'gap');
      }
    }
    if (!this.#scan.isOver && !this.#resolvesInOrder()) this.#scan.refuse('G3', 'structs wait for each other in a circle');
  }

  /** Advances every block as far as it gets; a stuck one sleeps until the writer it waits for has got further. */
  #resolvesInOrder(): boolean {
    const progress = new Map([...this.#blocks.values()].map((block) => [block.client, { next: 0, reached: block.start }]));
    const sleepers = new Map<number, Block[]>();
    const awake = [...this.#blocks.values()];
    let done = 0;
    for (let block = awake.pop(); block !== undefined; block = awake.pop()) {
      const own = progress.get(block.client) ?? { next: 0, reached: block.start };
      const before = own.reached;
      const blocker = this.#advance(block, own, progress);
      if (blocker === undefined) done += 1;
      else sleepers.set(blocker, [block, ...(sleepers.get(blocker) ?? [])]);
      // Waking without progress would let two blocks of a circle wake each other for ever.
      if (own.reached > before) awake.push(...takeFrom(sleepers, block.client));
    }
    return done === this.#blocks.size;
  }

  #advance(block: Block, own: { next: number; reached: number }, progress: ReadonlyMap<number, { reached: number }>): number | undefined {
    for (let wait = block.waits[own.next]; wait !== undefined; wait = block.waits[own.next]) {
      own.reached = wait.at;
      if (wait.for.clock >= (progress.get(wait.for.client)?.reached ?? 0)) return wait.for.client;
      own.next += 1;
    }
    own.reached = block.end;
    return undefined;
  }

  /** The clock expected next of `client` once the update is committed. */
  nextClock(client: number): number {
    return Math.max(this.known(client), this.#blocks.get(client)?.end ?? 0);
  }

  /** The state vector once the update is committed. */
  next(): ReadonlyMap<number, number> {
    const next = new Map(this.#known);
    for (const { client } of this.#blocks.values()) next.set(client, this.nextClock(client));
    return next;
  }
}

function takeFrom(sleepers: Map<number, Block[]>, client: number): readonly Block[] {
  const woken = sleepers.get(client) ?? [];
  sleepers.delete(client);
  return woken;
}
