import type { Clock, MemberId, Ref, RefusedKind, Seq, WriterId } from '@cacaw/protocol';
import { guardStateOf, trustedStateOf, type GuardSchema, type GuardState } from '@cacaw/protocol/guard';
import { nextChain, sameBytes } from '../log/chain.ts';
import { follows } from '../log/follows.ts';
import { isAtLeast } from '../members/roles.ts';
import {
  rowKey,
  type AppendDecision,
  type AppendRequest,
  type CollectionState,
  type LockedCollection,
  type LogRow,
  type WriterState,
} from '../ports/update-log.ts';
import type { Documents } from './documents.ts';
import type { Answer, Author, CloseOp, MintOp, PushOp, RepairOp, RoomOp, Target } from './ops.ts';
import type { RepairedDocuments } from './repaired-documents.ts';
import { Verdicts } from './verdicts.ts';

/** What an attempt is about. */
export interface AttemptOptions {
  readonly ops: readonly RoomOp[];
  /** Where the room stands: rows after it are read under the lock. */
  readonly seen: CollectionState;
  readonly documents: Documents;
  readonly schema: GuardSchema;
  readonly clock: Clock;
}

const quarterMs = 250;

/**
 * One try to append a room's ops. `judge` runs the guard before the lock is taken; `decide` runs under it, guarding again
 * only what committed rows of others have changed.
 */
export class Attempt {
  readonly #options: AttemptOptions;
  readonly #verdicts: Verdicts;
  readonly #answers = new Map<RoomOp, Answer>();
  readonly #states = new Map<string, GuardState>();
  readonly #stateAfter = new Map<LogRow, GuardState>();
  readonly #writers = new Map<WriterId, WriterState>();
  readonly #generations = new Map<string, number>();
  #between: readonly LogRow[] = [];
  #members: LockedCollection['members'] = new Map();
  #rows: LogRow[] = [];
  #head: CollectionState;
  #isForeign = false;
  #repaired: RepairedDocuments | undefined;

  constructor(options: AttemptOptions) {
    this.#options = options;
    this.#verdicts = new Verdicts(options);
    this.#head = options.seen;
  }

  /** The log is not the one this room has been following: it was restored or replaced. */
  get isForeign(): boolean {
    return this.#isForeign;
  }

  /** Rows of others since the room last looked, then ours, in seq order. */
  get committed(): readonly LogRow[] {
    return [...this.#between, ...this.#rows];
  }

  get head(): CollectionState {
    return this.#head;
  }

  answerTo(op: RoomOp): Answer {
    return this.#answers.get(op) ?? refuse('busy', 'The relay did not come to this update; send it again.');
  }

  stateAfter(row: LogRow): GuardState | undefined {
    return this.#stateAfter.get(row);
  }

  /** Guards everything at the room's own state, so that the lock is held for almost nothing. */
  judge(repaired: RepairedDocuments): void {
    this.#repaired = repaired;
    const states = new Map<string, GuardState>();
    for (const op of this.#options.ops) {
      if (op.kind === 'close' || op.kind === 'mint') continue;
      const state = states.get(op.target.name) ?? this.#heldState(op.target);
      const verdict = state === undefined ? undefined : this.#verdicts.of(op, state);
      if (verdict?.ok === true) states.set(op.target.name, verdict.next);
    }
  }

  request(collection: AppendRequest['collection']): Omit<AppendRequest, 'patient'> {
    const { ops, seen } = this.#options;
    const pushes = ops.filter((op) => op.kind !== 'close');
    return {
      collection,
      since: seen.head,
      writers: [...new Set(ops.map((op) => op.writer))],
      documents: [...new Set(pushes.map((op) => op.target.parsed.base))],
      members: [...new Set(ops.map((op) => op.author.member))],
      repeats: pushes.map((op) => ({ writer: op.writer, ref: op.ref })),
      decide: (locked) => this.#decide(locked),
    };
  }

  #decide(locked: LockedCollection): AppendDecision {
    this.#answers.clear();
    this.#states.clear();
    this.#stateAfter.clear();
    this.#writers.clear();
    this.#generations.clear();
    this.#rows = [];
    this.#between = locked.rows;
    this.#members = locked.members;
    this.#head = locked.state;
    this.#isForeign = !follows(this.#options.seen, locked);
    if (this.#isForeign) return { rows: [], writers: new Map(), generations: new Map() };
    for (const row of locked.rows) {
      this.#follow(row);
      this.#repaired?.add(row.document, row.bytes);
    }
    for (const op of this.#options.ops) this.#answers.set(op, this.#answer(op, locked));
    return { rows: this.#rows, writers: this.#writers, generations: this.#generations };
  }

  #answer(op: RoomOp, locked: LockedCollection): Answer {
    if (op.kind === 'close') return this.#close(op, locked);
    return op.kind === 'mint' ? this.#mint(op, locked) : this.#push(op, locked);
  }

  /** Compare and set: only what was minted from everything the document holds may replace it. */
  #mint(op: MintOp, locked: LockedCollection): Answer {
    const { base, generation } = op.target.parsed;
    const current = locked.documents.get(base);
    const isTouched = this.#rows.some((row) => row.document.startsWith(`${base}.`));
    if (current === undefined || current.generation !== generation - 1 || current.headSeq !== op.seen || isTouched) {
      return refuse('generation', `Document ${base} has moved on while it was being minted.`);
    }
    const state = guardStateOf(op.target.parsed, [op.bytes]);
    if (state === undefined) return refuse('rule', `What was minted for ${base} cannot be read.`);
    this.#generations.set(base, generation);
    return { kind: 'appended', row: this.#add(op, state) };
  }

  /** A row of somebody else moves the state our verdicts were reached at. */
  #follow(row: LogRow): void {
    const target = this.#options.ops.find((op) => op.kind !== 'close' && op.target.name === row.document);
    if (target === undefined || target.kind === 'close') return;
    const state = this.#states.get(row.document) ?? this.#heldState(target.target);
    const next = state === undefined ? undefined : trustedStateOf(target.target.parsed, state, row.bytes);
    if (state === undefined || next === undefined) return;
    const replica = this.#replica(target.target);
    if (replica !== undefined && !replica.accepts({ before: state, after: next, bytes: row.bytes })) return;
    this.#states.set(row.document, next);
    this.#stateAfter.set(row, next);
  }

  #close({ author, writer }: CloseOp, locked: LockedCollection): Answer {
    const state = this.#writers.get(writer) ?? locked.writers.get(writer);
    const member = this.#memberOf(author);
    // Somebody else's writer: as far as this member is concerned nothing of it was ever accepted.
    if (state !== undefined && state.member !== member) return { kind: 'closed', lastRef: 0 as Ref };
    const { lastRef, closed } = state ?? { lastRef: 0 as Ref, closed: !this.#mayWrite(author) };
    if (!closed) this.#writers.set(writer, { member, lastRef, closed: true });
    return { kind: 'closed', lastRef };
  }

  #push(op: PushOp | RepairOp, locked: LockedCollection): Answer {
    const barred = this.#permit(op, locked) ?? this.#place(op, locked) ?? this.#generation(op, locked);
    if (barred !== undefined) return barred;
    const state = this.#states.get(op.target.name) ?? this.#heldState(op.target);
    if (state === undefined) return refuse('rule', `Document ${op.target.name} of this collection is damaged and takes no edits.`);
    const verdict = this.#verdicts.of(op, state);
    if (!verdict.ok) return refuse(verdict.kind, verdict.reason);
    const misfit = this.#misfit(op, { state, next: verdict.next });
    return misfit ?? { kind: 'appended', row: this.#add(op, verdict.next) };
  }

  /** What only a `Y.Doc` can see. */
  #misfit(op: PushOp | RepairOp, { state, next }: { readonly state: GuardState; readonly next: GuardState }): Answer | undefined {
    if (this.#repaired?.takes(op) === false) return refuse('rule', 'The repair would take everybody too long to merge.');
    const replica = this.#replica(op.target);
    if (replica?.accepts({ before: state, after: next, bytes: op.bytes }) === false)
      return refuse('rule', 'The edit does not fit into this note.');
    return undefined;
  }

  #permit({ author }: PushOp | RepairOp, { state, members }: LockedCollection): Answer | undefined {
    const role = members.get(author.member)?.role;
    if (state.gone !== undefined || role === undefined) return refuse('role', 'You are no longer a member of this collection.');
    if (role === 'viewer') return refuse('role', 'You may only view this collection.');
    if (author.appSchema < state.minimumSchema)
      return refuse('schema', `This collection needs an app of schema ${state.minimumSchema} or later.`);
    return undefined;
  }

  /** A writer's refs count up by one: a repeat is recognised, a jump is a gap, a taken or closed writer is refused. */
  #place(op: PushOp | RepairOp, locked: LockedCollection): Answer | undefined {
    const state = this.#writers.get(op.writer) ?? locked.writers.get(op.writer);
    const lastRef = state?.lastRef ?? 0;
    if (state !== undefined && state.member !== this.#memberOf(op.author))
      return refuse('writer-taken', `Writer ${op.writer} belongs to another member.`);
    if (op.ref <= lastRef) return this.#repeat(op, locked);
    if (state?.closed === true) return refuse('writer-taken', `Writer ${op.writer} was closed at ref ${lastRef}.`);
    if (op.ref > lastRef + 1) return refuse('gap', `Writer ${op.writer} jumped from ref ${lastRef} to ${op.ref}.`);
    return undefined;
  }

  /** The same ref with other content comes from a copy of the device: it was not committed, whatever its number says. */
  #repeat(op: PushOp | RepairOp, locked: LockedCollection): Answer {
    const row = this.#rows.find((one) => one.writer === op.writer && one.ref === op.ref) ?? locked.repeats.get(rowKey(op.writer, op.ref));
    if (row === undefined || row.document !== op.target.name || !sameBytes(row.bytes, op.bytes)) {
      return refuse('writer-taken', `Ref ${op.ref} of writer ${op.writer} is committed with other content.`);
    }
    return { kind: 'repeated', row };
  }

  #generation({ target }: PushOp | RepairOp, locked: LockedCollection): Answer | undefined {
    const current = this.#generations.get(target.parsed.base) ?? locked.documents.get(target.parsed.base)?.generation ?? 0;
    if (target.parsed.generation !== current) return refuse('generation', `Document ${target.parsed.base} is at generation ${current}.`);
    const held = this.#options.documents.get(target.parsed.base);
    if (held !== undefined && held !== 'damaged' && held.generation !== current)
      return refuse('busy', `Document ${target.name} was just made anew.`);
    return undefined;
  }

  #add(op: PushOp | RepairOp | MintOp, next: GuardState): LogRow {
    const seq = (this.#head.head + 1) as Seq;
    const place = { seq, document: op.target.name, writer: op.writer, ref: op.ref, bytes: op.bytes };
    const receivedAt = Math.floor(this.#options.clock.now() / quarterMs) * quarterMs;
    const row: LogRow = { ...place, member: this.#memberOf(op.author), chain: nextChain(this.#head.chain, place), receivedAt };
    this.#rows.push(row);
    this.#head = { ...this.#head, head: seq, chain: row.chain };
    this.#states.set(op.target.name, next);
    this.#stateAfter.set(row, next);
    this.#repaired?.add(row.document, row.bytes);
    this.#writers.set(op.writer, { member: row.member, lastRef: op.ref, closed: false });
    return row;
  }

  /** Who may not write takes no writer id from those who may: nothing of an unknown one would be accepted anyway. */
  #mayWrite({ member }: Author): boolean {
    return isAtLeast(this.#members.get(member)?.role ?? 'none', 'editor');
  }

  /** Under the lock: who an author is by now. */
  #memberOf({ member }: Author): MemberId {
    return this.#members.get(member)?.member ?? member;
  }

  #heldState({ parsed }: Target): GuardState | undefined {
    const held = this.#options.documents.get(parsed.base);
    return held === undefined || held === 'damaged' ? undefined : held.state;
  }

  #replica({
    parsed,
  }: Target):
    | { accepts(step: { readonly before: GuardState; readonly after: GuardState; readonly bytes: Uint8Array }): boolean }
    | undefined {
    const held = this.#options.documents.get(parsed.base);
    return held === undefined || held === 'damaged' ? undefined : held.replica;
  }
}

const refuse = (refusal: RefusedKind, reason: string): Answer & { readonly kind: 'refused' } => ({ kind: 'refused', refusal, reason });
