import type { Write } from '@cacaw/core';
import type { PendingUpdate, TrayEntry } from '@cacaw/core/device';
import { registersFrom, type Logged } from '@cacaw/core/testing';
import { compareRegisters, parseDocumentName, type CommandId, type Ref, type Register, type WriterId } from '@cacaw/protocol';

interface KeptWrite {
  readonly base: string;
  readonly write: Write;
}

interface LoggedRow extends Logged {
  readonly writer: WriterId;
  readonly ref: Ref;
}

type Registers = ReturnType<typeof registersFrom> extends ReadonlyMap<string, infer One> ? One : never;

/** Everything that was ever kept on a device, to be found again in the end; and what happened on the way. */
export class Ledger {
  readonly tally: { [what: string]: number } = {};
  readonly #commands = new Set<CommandId>();
  readonly #kept: KeptWrite[] = [];
  readonly #excused = new Set<string>();
  readonly #last = new Map<string, { readonly writer: WriterId; readonly ref: Ref }>();
  /** Two clones may run one pending counter or text again under two names: their sums are not promised. */
  hasClones = false;

  count(what: string, by = 1): void {
    this.tally[what] = (this.tally[what] ?? 0) + by;
  }

  /** Enters the writes of commands not entered before. */
  keep(pending: readonly PendingUpdate[], log: readonly LoggedRow[]): void {
    const fresh = pending.filter((one) => !this.#commands.has(one.command));
    for (const { document, writes, writer, ref } of fresh) {
      const base = parseDocumentName(document)?.base ?? document;
      for (const write of writes) {
        this.#kept.push({ base, write });
        this.#countClash(base, write, { writer, ref }, log);
      }
    }
    for (const { command } of fresh) {
      if (!this.#commands.has(command)) this.count('edits');
      this.#commands.add(command);
    }
  }

  /** Two people wrote one field, the second before the first was committed: neither can have seen the other. */
  #countClash(base: string, write: Write, by: { readonly writer: WriterId; readonly ref: Ref }, log: readonly LoggedRow[]): void {
    if (write.kind !== 'set') return;
    const key = `${base}/${write.row}/${write.field}`;
    const last = this.#last.get(key);
    this.#last.set(key, by);
    if (last === undefined || last.writer === by.writer) return;
    if (!log.some((row) => row.writer === last.writer && row.ref === last.ref)) this.count('same-field clashes');
  }

  /** What was refused lies in a tray, with its reason: it is not lost. */
  excuse(tray: readonly TrayEntry[]): void {
    for (const { document, writes, kind } of tray) {
      this.count(`refused ${kind}`);
      for (const write of writes) this.#excused.add(keyOf({ base: parseDocumentName(document)?.base ?? document, write }));
    }
  }

  /** Kept writes that neither stand in the log, nor lost to a later one there, nor lie in a tray; and what stands more than once. */
  missing(log: readonly Logged[]): readonly string[] {
    const documents = registersFrom(log, []);
    const due = this.#kept.filter((one) => !this.#excused.has(keyOf(one)));
    const lost = due.filter(({ base, write }) => !stands(documents.get(base), write)).map(keyOf);
    return this.hasClones ? lost : [...lost, ...wrongSums(documents, due), ...doubledWords(documents, due)];
  }
}

const keyOf = ({ base, write }: KeptWrite): string => `${base} ${JSON.stringify(write)}`;

function stands(registers: Registers | undefined, write: Write): boolean {
  if (write.kind === 'note' || write.kind === 'count') return true;
  const row = registers?.row(write.row);
  if (row?.has('Z') === true) return true;
  if (write.kind === 'purge' || row === undefined) return false;
  const written: readonly (readonly [string, Register])[] =
    write.kind === 'set'
      ? [[write.field, write]]
      : Object.entries(write.fields).map(([field, value]) => [field, { value, stamp: write.stamp }] as const);
  return written.every(([field, register]) => {
    const found = row.get(field);
    return found !== undefined && compareRegisters(found, register) >= 0;
  });
}

function wrongSums(documents: ReadonlyMap<string, Registers>, due: readonly KeptWrite[]): readonly string[] {
  const sums = new Map<string, number>();
  for (const { base, write } of due) {
    if (write.kind !== 'count') continue;
    const key = `${base} ${write.row} ${write.place}`;
    sums.set(key, (sums.get(key) ?? 0) + write.by);
  }
  return [...sums].flatMap(([key, sum]) => {
    const [base = '', row = '', place = ''] = key.split(' ');
    const visible = documents.get(base)?.row(row) ?? new Map<string, Register>();
    if (visible.has('Z')) return [];
    const counted = [...visible]
      .filter(([field]) => field.startsWith(`q:${place}~`))
      .reduce((total, [, { value }]) => total + Number(value), 0);
    return Math.abs(counted - sum) < 1e-9 ? [] : [`${key}: counted ${counted}, kept ${sum}`];
  });
}

/** Words of notes that were typed once and stand twice. */
function doubledWords(documents: ReadonlyMap<string, Registers>, due: readonly KeptWrite[]): readonly string[] {
  const notes = new Set(due.flatMap(({ base, write }) => (write.kind === 'note' ? [`${base} ${write.row}`] : [])));
  return [...notes].flatMap((key) => {
    const [base = '', row = ''] = key.split(' ');
    const words: readonly string[] = (documents.get(base)?.note(row) ?? '').match(/[a-z]+\d+\./g) ?? [];
    return words.filter((word, at) => words.indexOf(word) !== at).map((word) => `${key}: “${word}” stands twice`);
  });
}
