import type * as Y from 'yjs';

/**
 * The notebook's page is one `Y.Text`: characters carry `bold` and `italic`, and what a line is stands on the line break that
 * ends it (`heading: true`, or `check: 'open' | 'done'`), as in Quill. So two people who edit, format and tick at the same
 * time merge per character and per line, and nothing of a line can be lost by moving it.
 */
export type LineKind = 'text' | 'heading' | 'open' | 'done';

/** Consecutive characters of one look. */
export interface Span {
  readonly text: string;
  readonly bold: boolean;
  readonly italic: boolean;
}

/** One line of the page; `start` is its first character's position, its line break not included in `text`. */
export interface Line {
  readonly start: number;
  readonly text: string;
  readonly kind: LineKind;
  readonly spans: readonly Span[];
}

/** A look given to characters; one left out is not touched. */
export interface Look {
  readonly bold?: boolean | undefined;
  readonly italic?: boolean | undefined;
}

interface Delta {
  readonly insert?: unknown;
  readonly attributes?: { readonly [name: string]: unknown } | undefined;
}

const lineAttributes: { readonly [kind in LineKind]: { readonly heading: true | null; readonly check: 'open' | 'done' | null } } = {
  text: { heading: null, check: null },
  heading: { heading: true, check: null },
  open: { heading: null, check: 'open' },
  done: { heading: null, check: 'done' },
};

/** Stands for whatever a foreign editor embedded, so that positions in lines and in the page agree. */
const embedded = '\ufffc';

const deltaText = ({ insert }: Delta): string => (typeof insert === 'string' ? insert : embedded);
const deltas = (page: Y.Text): readonly Delta[] => page.toDelta() as readonly Delta[];

/** Reads the page as lines; there is always at least one. */
export function readLines(page: Y.Text): readonly Line[] {
  const lines: Line[] = [];
  let start = 0;
  let at = 0;
  let spans: Span[] = [];
  const end = (kind: LineKind): void => {
    lines.push({ start, text: spans.map((span) => span.text).join(''), kind, spans });
    spans = [];
    start = at;
  };
  for (const delta of deltas(page)) {
    const { attributes } = delta;
    for (const [piece, text] of deltaText(delta).split('\n').entries()) {
      if (piece > 0) {
        at += 1;
        end(kindOf(attributes));
      }
      at += text.length;
      if (text !== '') spans.push({ text, bold: attributes?.['bold'] === true, italic: attributes?.['italic'] === true });
    }
  }
  end('text');
  return lines;
}

/**
 * Replaces `remove` characters at `at` by `insert`. A line break typed into a heading leaves the rest a plain line; typed into
 * a checklist it begins a new open entry.
 */
export function replaceText(page: Y.Text, change: { readonly at: number; readonly remove: number; readonly insert: string }): void {
  const { at, length } = wholeCharacters(page, change.at, change.remove);
  const insert = change.insert.toWellFormed();
  const look = lookBefore(page, at);
  transact(page, () => {
    if (length > 0) page.delete(at, length);
    let position = at;
    for (const [piece, text] of insert.split('\n').entries()) {
      if (piece > 0) {
        breakLine(page, position);
        position += 1;
      }
      if (text !== '') page.insert(position, text, { ...lineAttributes.text, ...look });
      position += text.length;
    }
  });
}

/** Gives the characters from `at` on a look. */
export function formatText(page: Y.Text, change: { readonly at: number; readonly length: number; readonly look: Look }): void {
  const { at, length } = wholeCharacters(page, change.at, change.length);
  const attributes: { [name: string]: true | null } = {};
  for (const [name, on] of Object.entries(change.look)) if (on !== undefined) attributes[name] = on === true ? true : null;
  if (length > 0) transact(page, () => page.format(at, length, attributes));
}

/** Makes a line another kind; a last line without a break is given one, because the break carries the kind. */
export function setLineKind(page: Y.Text, index: number, kind: LineKind): void {
  const line = lineAt(page, index);
  const breakAt = line.start + line.text.length;
  transact(page, () => {
    if (breakAt >= page.length) page.insert(breakAt, '\n', { ...lineAttributes[kind], bold: null, italic: null });
    else page.format(breakAt, 1, lineAttributes[kind]);
  });
}

/** Ticks an open entry, opens a ticked one, and makes any other line an open entry. */
export function toggleCheck(page: Y.Text, index: number): void {
  setLineKind(page, index, lineAt(page, index).kind === 'open' ? 'done' : 'open');
}

/** The page as Markdown, for a file a person keeps. */
export function pageToMarkdown(page: Y.Text): string {
  const prefix: { readonly [kind in LineKind]: string } = { text: '', heading: '# ', open: '- [ ] ', done: '- [x] ' };
  return readLines(page)
    .map(({ kind, spans }) => prefix[kind] + spans.map(spanToMarkdown).join(''))
    .join('\n');
}

function spanToMarkdown({ text, bold, italic }: Span): string {
  const slanted = italic ? `_${text}_` : text;
  return bold ? `**${slanted}**` : slanted;
}

function breakLine(page: Y.Text, at: number): void {
  const lines = readLines(page);
  const line = lines.findLast(({ start }) => start <= at) ?? lines[0];
  const kind = line?.kind ?? 'text';
  page.insert(at, '\n', { ...lineAttributes[kind], bold: null, italic: null });
  const rest = at + 1 + (line === undefined ? 0 : line.start + line.text.length - at);
  if (kind === 'text' || rest >= page.length) return;
  page.format(rest, 1, lineAttributes[kind === 'heading' ? 'text' : 'open']);
}

function lookBefore(page: Y.Text, at: number): { readonly bold: true | null; readonly italic: true | null } {
  const line = readLines(page).findLast(({ start }) => start < at);
  let left = line === undefined ? 0 : at - line.start;
  const span = line?.spans.find(({ text }) => (left -= text.length) <= 0);
  return { bold: span?.bold === true ? true : null, italic: span?.italic === true ? true : null };
}

function lineAt(page: Y.Text, index: number): Line {
  const line = readLines(page)[index];
  if (line === undefined) throw new RangeError(`The notebook has no line ${index}; read its lines again.`);
  return line;
}

/** Widens a range so that it cuts no surrogate pair: Yjs would show the halves differently on each replica. */
function wholeCharacters(page: Y.Text, from: number, count: number): { readonly at: number; readonly length: number } {
  const text = deltas(page).map(deltaText).join('');
  const cuts = (position: number): boolean => (text.codePointAt(position - 1) ?? 0) > 0xffff;
  const at = cuts(from) ? from - 1 : from;
  const end = count > 0 && cuts(from + count) ? from + count + 1 : from + count;
  return { at, length: count === 0 ? 0 : end - at };
}

/** An attached text changes in one transaction, so that others never see half of it. */
function transact(page: Y.Text, change: () => void): void {
  if (page.doc === null) change();
  else page.doc.transact(change);
}

function kindOf(attributes: Delta['attributes']): LineKind {
  const check = attributes?.['check'];
  if (check === 'open' || check === 'done') return check;
  return attributes?.['heading'] === true ? 'heading' : 'text';
}
