import { createHash } from 'node:crypto';
import { closeMeanings, closeReasons, refusalMeanings, refusals, type CloseName } from '../src/errors.ts';
import type { RefusedKind } from '../src/messages.ts';
import { clientFrames, relayFrames, type FrameRow } from '../src/frame-tables.ts';
import { pageDocuments } from '../src/page.ts';

type Table = Readonly<Record<string, FrameRow<object>>>;

const tables: readonly (readonly [title: string, table: Table])[] = [
  ['From the client', clientFrames as object as Table],
  ['From the relay', relayFrames as object as Table],
];

const rowsOf = (table: Table): readonly (readonly [string, FrameRow<object>])[] =>
  Object.entries(table).sort(([, a], [, b]) => a.number - b.number);

/** A hash of every message shape in both directions and of a page; another hash needs another protocol version. */
export function shapesHash(): string {
  const shapes = tables.map(([title, table]) => [title, rowsOf(table).map(([type, row]) => [type, row.number, row.body.shape])]);
  return createHash('sha256')
    .update(JSON.stringify([shapes, pageDocuments.shape]))
    .digest('hex');
}

/** The generated sections of PROTOCOL.md by their marker. */
export function generatedSections(): Readonly<Record<string, string>> {
  return {
    frames: tables.map(([title, table]) => frameTable(title, table)).join('\n\n'),
    page: `\`${pageDocuments.shape}\``,
    codes: codesTable(),
    refusals: refusalsTable(),
  };
}

function frameTable(title: string, table: Table): string {
  const lines = rowsOf(table).map(([type, row]) => `| ${row.number} | ${type} | ${cell(row.body.shape)} |`);
  return [`### ${title}`, '', '| type byte | message | fields in order |', '|---|---|---|', ...lines].join('\n');
}

/** Shapes name alternatives with a bar, which ends a cell in Markdown. */
function cell(shape: string): string {
  const fields = shape.startsWith('{') ? shape.slice(1, -1) : shape;
  return fields === '' ? '' : `\`${fields.replaceAll('|', '\\|')}\``;
}

function codesTable(): string {
  const lines = (Object.keys(closeReasons) as CloseName[]).map(
    (name) => `| ${closeReasons[name].code} | ${closeReasons[name].advice} | ${closeMeanings[name]} |`,
  );
  return ['| code | then | meaning |', '|---|---|---|', ...lines].join('\n');
}

function refusalsTable(): string {
  const lines = Object.entries(refusals).map(
    ([kind, { advice, tray }]) => `| ${kind} | ${advice} | ${tray ? 'yes' : 'no'} | ${refusalMeanings[kind as RefusedKind]} |`,
  );
  return ['| kind | send again | into the tray | meaning |', '|---|---|---|---|', ...lines].join('\n');
}

/** `document` with every generated section as it should be now. */
export function withGeneratedSections(document: string): string {
  return Object.entries(generatedSections()).reduce(
    (text, [marker, section]) =>
      text.replace(
        new RegExp(`(<!-- generated: ${marker} -->)[\\s\\S]*?(<!-- end -->)`),
        (_all, start: string, end: string) => `${start}\n\n${section}\n\n${end}`,
      ),
    document,
  );
}
