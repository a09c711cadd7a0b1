import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import type { DocumentName, Seq } from '@cacaw/protocol';
import type { LogPage, PagePart, PagePosition, PageRow } from '../ports/update-log.ts';

/** Where every pull begins. */
export const pullStart: PagePosition = { done: [], after: '', cut: undefined };

/** More names than this and the wishes of the puller no longer change the order: `next` must stay short. */
export const maxDone = 200;
/** Rows and documents one page looks at, so that a page costs the same however long the log is. */
export const maxPageRows = 5_000;
/** Documents a page names at most. */
export const maxPageDocuments = 256;

/** One thing to send, in sending order; without an entry the document has nothing in this range. */
export interface PageItem {
  readonly base: string;
  readonly generation: number;
  /** Sent because the puller asked for it first. */
  readonly isFirst: boolean;
  readonly entry:
    | { readonly kind: 'row'; readonly row: PageRow }
    | { readonly kind: 'snapshot'; readonly seq: Seq; readonly bytes: Uint8Array }
    | undefined;
}

/** The documents a page sends before the rest: the one cut by the page before, then those wished for and not yet sent. */
export function firstDocuments(first: readonly string[], position: PagePosition): readonly string[] {
  const wished = position.done.length > maxDone ? [] : first.filter((base) => base > position.after && !position.done.includes(base));
  return [...new Set([...(position.cut === undefined ? [] : [position.cut.document]), ...wished])];
}

/** Whether a document is sent out of the order of names. */
export const isOutOfOrder = (base: string, first: readonly string[], position: PagePosition): boolean =>
  base === position.cut?.document ? position.cut.isFirst : first.includes(base);

/** Groups items into a page; `complete` says that nothing follows the last item. */
export function assemblePage(items: readonly PageItem[], before: PagePosition, complete: boolean): LogPage {
  const parts = new Map<string, { document: DocumentName; snapshot: PagePart['snapshot']; rows: PageRow[] }>();
  for (const { base, generation, entry } of items) {
    const part = parts.get(base) ?? { document: `${base}.${generation}` as DocumentName, snapshot: undefined, rows: [] };
    parts.set(base, part);
    if (entry?.kind === 'row') part.rows.push(entry.row);
    if (entry?.kind === 'snapshot') part.snapshot = { seq: entry.seq, bytes: entry.bytes };
  }
  const documents = [...parts.values()].filter((part) => part.snapshot !== undefined || part.rows.length > 0);
  return { documents, next: complete ? undefined : positionAfter(items, before) };
}

function positionAfter(items: readonly PageItem[], before: PagePosition): PagePosition {
  const last = items.at(-1);
  if (last === undefined) return before;
  const done = new Set(before.done);
  let after = before.after;
  for (const item of items) {
    if (item.base === last.base) continue;
    if (item.isFirst) done.add(item.base);
    else after = item.base > after ? item.base : after;
  }
  const lastSeq = last.entry === undefined ? 0 : last.entry.kind === 'row' ? last.entry.row.seq : last.entry.seq;
  return {
    done: [...done].filter((base) => base > after),
    after,
    cut: { document: last.base, seq: lastSeq as Seq, isFirst: last.isFirst },
  };
}

const chainBytes = 8;

/** A pull under way, as the opaque `next` of a page carries it. */
export interface PullState {
  readonly head: Seq;
  /** Chain value at the head. */
  readonly chain: Uint8Array;
  readonly position: PagePosition;
}

/** Packs a pull into the bytes a device keeps beside its rows. */
export function encodePullState({ head, chain, position }: PullState): Uint8Array {
  const to = encoding.createEncoder();
  encoding.writeVarUint(to, head);
  encoding.writeUint8Array(to, chain);
  encoding.writeVarUint(to, position.done.length);
  for (const name of position.done) encoding.writeVarString(to, name);
  encoding.writeVarString(to, position.after);
  encoding.writeVarString(to, position.cut?.document ?? '');
  encoding.writeVarUint(to, position.cut?.seq ?? 0);
  encoding.writeUint8(to, position.cut?.isFirst === true ? 1 : 0);
  return encoding.toUint8Array(to);
}

/** Reads what a device handed back; undefined when these are not our bytes. */
export function decodePullState(bytes: Uint8Array): PullState | undefined {
  try {
    const from = decoding.createDecoder(bytes);
    const head = decoding.readVarUint(from) as Seq;
    const chain = decoding.readUint8Array(from, chainBytes).slice();
    const count = decoding.readVarUint(from);
    if (count > bytes.length) return undefined;
    const done = Array.from({ length: count }, () => decoding.readVarString(from));
    const after = decoding.readVarString(from);
    const document = decoding.readVarString(from);
    const seq = decoding.readVarUint(from) as Seq;
    const isFirst = decoding.readUint8(from) === 1;
    if (decoding.hasContent(from)) return undefined;
    return { head, chain, position: { done, after, cut: document === '' ? undefined : { document, seq, isFirst } } };
  } catch {
    return undefined;
  }
}
