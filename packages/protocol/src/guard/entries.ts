import { parseEntry, registersOf, type Entry, type Register } from '../entry.ts';
import { isLocalId, type WriterId } from '../ids.ts';
import { clockToleranceMs, maxBirthsPerShard, maxEntryBytes, maxKeyBytes } from '../limits.ts';
import type { ParsedDocumentName } from '../document-name.ts';
import { stampAt, type Stamp } from '../stamp.ts';
import { brokenFieldRule } from './fields.ts';
import type { RowRule } from './schema.ts';
import type { Scan } from './scan.ts';
import type { GuardContext } from './verdict.ts';

/** Counts and checks the entries of one update to a register document. */
export class EntryCheck {
  readonly #scan: Scan;
  readonly #document: ParsedDocumentName;
  readonly #context: GuardContext;
  readonly #latest: Stamp;
  /** Births among the entries that are new to the document. */
  births = 0;
  entries = 0;
  maxStamp: Stamp = 0 as Stamp;

  constructor(scan: Scan, document: ParsedDocumentName, context: GuardContext) {
    this.#scan = scan;
    this.#document = document;
    this.#context = context;
    this.#latest = stampAt(context.nowMs + clockToleranceMs);
  }

  /** Checks one array element of `bytes` encoded bytes. */
  accept(value: unknown, bytes: number): void {
    const entry = parseEntry(value);
    if (bytes > maxEntryBytes) this.#scan.refuse('G8', `an entry of ${bytes} bytes is larger than ${maxEntryBytes}`);
    else if (entry === undefined) this.#scan.refuse('G8', 'an element is no register entry');
    else this.#acceptEntry(entry);
  }

  #acceptEntry(entry: Entry): void {
    const [row, field, , stamp] = entry;
    this.entries += 1;
    if (field === 0 && this.#document.kind === 'rows') this.births += 1;
    if (!this.#isRow(row)) this.#scan.refuse('G9', `${row.slice(0, 32)} cannot be a row of ${this.#document.base}`);
    if (stamp === 0 && this.#context.writer !== 'repair') this.#scan.refuse('G11', 'stamp 0 marks what only the relay mints');
    const registers = registersOf(entry);
    if (field === 0 && registers.length !== Object.keys(entry[2] ?? {}).length) this.#scan.refuse('G8', 'a folded bundle is malformed');
    for (const register of registers) this.#acceptRegister(row, ...register);
  }

  #acceptRegister(row: string, code: string, { value, stamp }: Register): void {
    const rule = this.#ruleOf(row);
    const broken = rule === undefined ? undefined : brokenFieldRule(rule, code, value);
    this.#checkStamp(row, code, stamp);
    this.#checkCounter(code);
    if (code.length === 0 || code.length > maxKeyBytes) this.#scan.refuse('G9', `a field of ${row} has no usable name`);
    if (broken !== undefined) this.#scan.refuse('G9', `field ${code.slice(0, 32)} of ${row} ${broken}`);
  }

  #isRow(row: string): boolean {
    return this.#document.kind === 'rows' ? isLocalId(row) : row.length <= maxKeyBytes;
  }

  #ruleOf(row: string): RowRule | undefined {
    const { rows, root } = this.#context.schema;
    if (this.#document.kind === 'rows') return rows;
    const initial = row.slice(0, 1);
    return Object.hasOwn(root, initial) ? root[initial] : undefined;
  }

  #checkStamp(row: string, code: string, stamp: Stamp): void {
    if (stamp > this.#latest) this.#scan.refuse('G11', `field ${code} of ${row} is stamped in the future`, 'clock');
    if (stamp > this.maxStamp) this.maxStamp = stamp;
  }

  #checkCounter(code: string): void {
    if (!code.startsWith('q:')) return;
    const [, owner] = /~([^~]*)$/.exec(code) ?? [];
    if (owner === undefined) return;
    const isAllowed = this.#context.writer === 'repair' ? /^[1-9][0-9]{0,9}$/.test(owner) : owner === writerName(this.#context.writer);
    if (!isAllowed) this.#scan.refuse('G10', `counter ${code} belongs to another writer`);
  }

  /** Births never exceed what a shard may hold; what a repair brings back was counted when it was first accepted. */
  checkBirths(before: number): void {
    const sum = before + this.births;
    if (this.births > 0 && sum > maxBirthsPerShard && this.#context.writer !== 'repair') {
      this.#scan.refuse('G12', `${this.#document.base} would hold ${sum} births, more than ${maxBirthsPerShard}`);
    }
  }
}

const writerName = (writer: WriterId): string => String(writer);
