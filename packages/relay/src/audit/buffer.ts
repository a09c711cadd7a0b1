import type { AccountId, CollectionId } from '@cacaw/protocol';
import { shortened } from '../http/network.ts';
import { foldedKinds, type AuditDetails, type AuditEvent } from '../ports/audit.ts';

/** A line on its way to the log. */
export interface PendingLine {
  readonly at: number;
  readonly kind: AuditEvent['kind'];
  readonly account: AccountId | undefined;
  readonly collection: CollectionId | undefined;
  readonly network: string | undefined;
  readonly details: AuditDetails;
  readonly count: number;
}

/** What is written at once. */
export interface AuditBatch {
  /** One line for each account, collection, kind and hour. */
  readonly folded: readonly PendingLine[];
  readonly events: readonly PendingLine[];
}

const hourMs = 60 * 60 * 1000;
const maxTextLength = 200;
const folded: ReadonlySet<string> = new Set(foldedKinds);

/**
 * Holds what was noted until it is written. When more comes than it may hold, lines are summed up by kind: who and where is then
 * lost, how often never.
 */
export class AuditBuffer {
  readonly #most: number;
  #folded = new Map<string, PendingLine>();
  #events: PendingLine[] = [];
  #sums = new Map<string, PendingLine>();

  constructor(most: number) {
    this.#most = most;
  }

  get isEmpty(): boolean {
    return this.#folded.size + this.#events.length + this.#sums.size === 0;
  }

  /** How many things the lines stand for. */
  get count(): number {
    return [...this.#folded.values(), ...this.#events, ...this.#sums.values()].reduce((sum, { count }) => sum + count, 0);
  }

  add({ kind, account, collection, address, details = {} }: AuditEvent, now: number): void {
    const network = address === undefined ? undefined : shortened(address);
    if (folded.has(kind)) this.#fold({ at: hourOf(now), kind, account, collection, network, details: {}, count: 1 });
    else this.#keep({ at: now, kind, account, collection, network, details: harmless(details), count: 1 });
  }

  take(): AuditBatch {
    const batch = { folded: [...this.#folded.values()], events: [...this.#events, ...this.#sums.values()] };
    this.#folded = new Map();
    this.#events = [];
    this.#sums = new Map();
    return batch;
  }

  /** What could not be written comes first again. */
  giveBack(batch: AuditBatch): void {
    const since = this.take();
    for (const line of [...batch.folded, ...since.folded]) this.#fold(line);
    for (const line of [...batch.events, ...since.events]) this.#keep(line);
  }

  #fold(line: PendingLine): void {
    const key = foldKey(line);
    const known = this.#folded.get(key);
    if (known !== undefined) this.#folded.set(key, { ...known, count: known.count + line.count });
    else if (this.#folded.size < this.#most) this.#folded.set(key, line);
    else this.#sum(line);
  }

  #keep(line: PendingLine): void {
    if (line.details['summed'] === true || this.#events.length >= this.#most) this.#sum(line);
    else this.#events.push(line);
  }

  #sum({ at, kind, count }: PendingLine): void {
    const key = `${hourOf(at)} ${kind}`;
    const known = this.#sums.get(key);
    const line = { at, kind, account: undefined, collection: undefined, network: undefined, details: { summed: true } };
    this.#sums.set(key, { ...(known ?? line), count: (known?.count ?? 0) + count });
  }
}

/** Whoever has no account is told apart by network. */
const foldKey = ({ at, kind, account, collection, network }: PendingLine): string =>
  [at, kind, collection ?? '', account ?? network ?? ''].join(' ');

const hourOf = (at: number): number => at - (at % hourMs);

/** What a details field may hold reaches the log as it is; texts are short and without NUL, which no database keeps. */
function harmless(details: AuditDetails): AuditDetails {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [
      name,
      typeof value === 'string' ? value.slice(0, maxTextLength).replaceAll('\0', '').toWellFormed() : value,
    ]),
  );
}
