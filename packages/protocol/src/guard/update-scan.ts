import {
  maxDeleteClientsPerUpdate,
  maxClock,
  maxClockAdvance,
  maxDeletesPerUpdate,
  maxStructClientsPerUpdate,
  maxStructsPerUpdate,
} from '../limits.ts';
import { Causality } from './causality.ts';
import { readContent, type ElementListener, type ElementReading } from './content.ts';
import type { Lane } from './lanes.ts';
import type { Scan } from './scan.ts';
import { readStructHead, type StructHead, type StructId } from './struct.ts';
import type { GuardContext, GuardState } from './verdict.ts';

/** Where another writer's struct was last appended to, per writer; see {@link UpdateScan}. */
type LastOrigins = Map<number, number>;

/**
 * The most structs of a push that may follow another writer's: a device makes one, and each may cost every reader a walk over all
 * entries. A repair may need thousands; whoever takes one must see for itself what merging it costs.
 */
const maxForeignOrigins = 32;

/** The strict pass over one pushed update: structs, then deletions, then the end. */
export class UpdateScan {
  readonly #scan: Scan;
  readonly #lane: Lane;
  readonly #writer: GuardContext['writer'];
  readonly #causality: Causality;
  readonly #elements: Omit<ElementReading, 'clock'>;
  structs = 0;
  deletes = 0;
  #foreignOrigins = 0;

  constructor(
    scan: Scan,
    lane: Lane,
    options: { readonly state: GuardState; readonly writer: GuardContext['writer']; readonly onElement: ElementListener },
  ) {
    this.#scan = scan;
    this.#lane = lane;
    this.#writer = options.writer;
    this.#causality = new Causality(scan, options.state.stateVector);
    this.#elements = lane.isRegister ? { kind: 'json', onElement: options.onElement } : { kind: 'any', onElement: undefined };
  }

  get clients(): readonly number[] {
    return this.#causality.clients;
  }

  /** The state vector once the update is committed. */
  get next(): ReadonlyMap<number, number> {
    return this.#causality.next();
  }

  run(): void {
    const blocks = this.#scan.count('writers with structs', maxStructClientsPerUpdate, 4);
    for (let index = 0; index < blocks && !this.#scan.isOver; index += 1) this.#readBlock();
    if (!this.#scan.isOver) this.#causality.resolve();
    this.#readDeletes();
    if (this.#scan.reader.remaining > 0) this.#scan.refuse('G1', 'bytes are left over');
  }

  #readBlock(): void {
    const count = this.#scan.count('structs', maxStructsPerUpdate - this.structs, 2);
    const client = this.#scan.reader.uint();
    const start = this.#scan.reader.uint();
    if (count === 0) this.#scan.refuse('G2', 'a writer has a block without structs');
    this.#checkWriter(client, start);
    this.#causality.begin(client, start);
    this.structs += count;
    const lastOrigins: LastOrigins = new Map();
    let clock = start;
    for (let index = 0; index < count && !this.#scan.isOver; index += 1) {
      clock += this.#readStruct(client, clock, lastOrigins);
      if (clock > maxClock || clock - start > maxClockAdvance) this.#scan.refuse('G5', `the clock of writer ${client} runs too far`);
    }
  }

  /** Content under committed clocks could differ from what is committed: replicas that merge would then read otherwise than those that apply in order. */
  #checkWriter(client: number, start: number): void {
    if (this.#lane.isFree) return;
    const isKnown = start < this.#causality.known(client);
    if (this.#writer === 'repair') {
      if (isKnown) this.#scan.refuse('G3', `clock ${start} of writer ${client} is committed already; send what is missing now`, 'gap');
    } else if (client !== this.#writer) {
      this.#scan.refuse('G6', `writer ${this.#writer} may not write as ${client}`);
    } else if (isKnown) {
      this.#scan.refuse('G6', `clock ${start} of writer ${client} is committed already with other content`, 'writer-taken');
    }
  }

  #readStruct(client: number, clock: number, lastOrigins: LastOrigins): number {
    const head = readStructHead(this.#scan, { client, clock });
    this.#checkHead(head);
    if (this.#lane.isRegister) this.#checkAppended(head, lastOrigins);
    if (this.#scan.isOver) return 0;
    const length = readContent(this.#scan, head.content, { clock, ...this.#elements });
    if (length < 1) this.#scan.refuse('G2', 'a struct covers nothing; Yjs could never load it again');
    this.#causality.add(head, length);
    return length;
  }

  #checkHead(head: StructHead): void {
    const { rule, contents, mayInsert, isFree } = this.#lane;
    if (!contents.includes(head.content)) this.#scan.refuse(rule, `content ${head.content} is not allowed here`);
    if (head.rightOrigin !== undefined && !mayInsert) this.#scan.refuse(rule, 'entries are only appended at the end');
    if (head.hasKey && !isFree) this.#scan.refuse(rule, 'nothing stands under a key here');
    if (typeof head.parent === 'object' && !isFree) this.#scan.refuse(rule, 'nothing is nested here');
    if (typeof head.parent === 'string' && !this.#lane.isRoot(head.parent))
      this.#scan.refuse(rule, `there is no root ${head.parent.slice(0, 32)} here`);
  }

  /**
   * An entry pushed at the end follows the writer's own last one, or another writer's that was not last before. Anything
   * else is an insertion, and thousands at one place cost every reader a walk over all entries for each.
   */
  #checkAppended({ id, origin }: StructHead, lastOrigins: LastOrigins): void {
    if (origin === undefined) {
      if (id.clock > 0) this.#scan.refuse('G7', `struct ${id.client}:${id.clock} is not appended at the end`);
      return;
    }
    const isInOrder = origin.client === id.client ? origin.clock === id.clock - 1 : origin.clock > (lastOrigins.get(origin.client) ?? -1);
    if (!isInOrder)
      this.#scan.refuse(
        origin.client === id.client && origin.clock >= id.clock ? 'G3' : 'G7',
        `struct ${id.client}:${id.clock} is not appended at the end`,
      );
    if (origin.client !== id.client) this.#countForeign(origin, lastOrigins);
  }

  #countForeign(origin: StructId, lastOrigins: LastOrigins): void {
    lastOrigins.set(origin.client, origin.clock);
    this.#foreignOrigins += 1;
    if (this.#writer !== 'repair' && this.#foreignOrigins > maxForeignOrigins)
      this.#scan.refuse('G7', 'too many entries follow those of other writers');
  }

  #readDeletes(): void {
    const clients = this.#scan.count('writers with deletions', maxDeleteClientsPerUpdate, 2);
    for (let index = 0; index < clients && !this.#scan.isOver; index += 1) {
      const client = this.#scan.reader.uint();
      const end = this.#causality.nextClock(client);
      const ranges = this.#scan.count('deleted ranges', maxDeletesPerUpdate - this.deletes, 2);
      this.deletes += ranges;
      for (let range = 0; range < ranges && !this.#scan.isOver; range += 1) this.#readRange(client, end);
    }
  }

  #readRange(client: number, end: number): void {
    const clock = this.#scan.reader.uint();
    const length = this.#scan.reader.uint();
    if (length < 1) this.#scan.refuse('G4', 'a deletion covers nothing');
    if (clock + length > end) this.#scan.refuse('G4', `struct ${client}:${end} is deleted before it was written`, 'gap');
  }
}
