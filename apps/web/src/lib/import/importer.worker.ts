import type { Command, CommandResult, ItemRow } from '@cacaw/core';
import {
  previewInSteps,
  readImport,
  runImport,
  suggestMapping,
  withChecksumRead,
  type ImportPreview,
  type ImportTable,
  type PreviewRow,
} from '@cacaw/core/transfer';
import type { CommandId, Random } from '@cacaw/protocol';
import { sampleOf } from './import-words.ts';
import type { EndedImport, FromImporter, PreviewSummary, ReadSummary, ToImporter } from './messages.ts';

/** Parses, previews and drives one import away from the page, so that the page answers while 100,000 rows are read. */
const random: Random = { bytes: (length) => crypto.getRandomValues(new Uint8Array(length)) };
const listedErrors = 500;
const listedSamples = 50;
const samplesPerColumn = 3;

let table: ImportTable | undefined;
let preview: ImportPreview | undefined;
let items: ItemRow[] = [];
let abort = new AbortController();
const waiting = new Map<CommandId, { readonly resolve: (result: CommandResult) => void; readonly reject: (error: Error) => void }>();

const sha256 = async (bytes: Uint8Array): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));

const post = (message: FromImporter): void => self.postMessage(message);

self.addEventListener('message', (event: MessageEvent<ToImporter>) => {
  answer(event.data).catch((error: unknown) => post({ type: 'failed', reason: reasonOf(error) }));
});

async function answer(message: ToImporter): Promise<void> {
  switch (message.type) {
    case 'read':
      return read(message);
    case 'existing':
      items = message.first ? [...message.items] : items.concat(message.items);
      return;
    case 'preview':
      return makePreview(message);
    case 'run':
      return run(message);
    case 'cancel':
      return abort.abort();
    default:
      return settle(message);
  }
}

async function read({ file, currency, fields }: Extract<ToImporter, { type: 'read' }>): Promise<void> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const read = readImport(bytes, { fileName: file.name });
  // A page that is not secure has no digests.
  table = typeof crypto.subtle === 'undefined' ? read : await withChecksumRead(read, bytes, sha256);
  const { format, source, columns, rows, warnings } = table;
  const summary: ReadSummary = {
    format,
    source,
    columns: columns.map((name, at) => ({ name, samples: samplesOf(rows.map((row) => row.cells[at] ?? '')) })),
    rows: rows.length,
    warnings,
    mapping: suggestMapping(table, { currency, fields }),
  };
  post({ type: 'read', summary });
}

function samplesOf(cells: readonly string[]): readonly string[] {
  const samples = new Set<string>();
  for (const cell of cells) {
    if (cell.trim() !== '') samples.add(sampleOf(cell));
    if (samples.size === samplesPerColumn) break;
  }
  return [...samples];
}

/** Pauses between steps, so that a changed mapping or a cancel is heard while a large file is read. */
async function makePreview({ mapping, folders, fields }: Extract<ToImporter, { type: 'preview' }>): Promise<void> {
  if (!table) return;
  abort.abort();
  abort = new AbortController();
  const { signal } = abort;
  const total = table.rows.length;
  const steps = previewInSteps(table, mapping, { folders, fields, items });
  for (let step = steps.next(); ; step = steps.next()) {
    if (signal.aborted) return;
    if (step.done === true) {
      preview = step.value;
      return post({ type: 'preview', summary: summarize(preview) });
    }
    post({ type: 'reading', done: step.value, total });
    await new Promise((resolve) => setTimeout(resolve));
  }
}

function summarize(made: ImportPreview): PreviewSummary {
  const errors: PreviewSummary['errors'][number][] = [];
  for (const row of made.rows) {
    if (row.outcome === 'error' && errors.length < listedErrors)
      errors.push({ line: row.line, name: row.name, column: row.column, reason: row.reason });
  }
  const good = made.rows.filter((row) => row.outcome !== 'error').slice(0, listedSamples);
  return {
    counts: made.counts,
    errors,
    samples: good.map((row) => ({
      line: row.line,
      name: row.name,
      outcome: row.outcome,
      place: placeOf(row, made),
      warning: row.warning ?? '',
    })),
    folders: made.folders.length,
    fields: made.fields.map((field) => field.label),
    warnings: made.warnings,
  };
}

function placeOf(row: PreviewRow, made: ImportPreview): string {
  if (row.outcome !== 'create') return '';
  if (row.inside !== undefined) return `in ${made.rows[row.inside]?.name ?? ''}`;
  return row.place.kind === 'new' ? (made.folders[row.place.folder]?.path.join(' › ') ?? '') : '';
}

async function run({ collection, updates }: Extract<ToImporter, { type: 'run' }>): Promise<void> {
  if (!preview) return;
  abort = new AbortController();
  const receipt = await runImport(preview, {
    collection,
    updates,
    random,
    signal: abort.signal,
    run: ask,
    onProgress: (progress) => post({ type: 'progress', progress }),
  });
  const { ended, commands, rowsDone, error } = receipt;
  const plain: EndedImport = { ended, commands, rowsDone, reason: error === undefined ? '' : reasonOf(error) };
  post({ type: 'ended', receipt: plain });
}

/** Lets the page run a command, because the page holds the engine. */
function ask(command: Command, id: CommandId): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    post({ type: 'command', id, command });
  });
}

function settle(message: Extract<ToImporter, { type: 'result' | 'refused' }>): void {
  const asked = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.type === 'result') asked?.resolve(message.result);
  else asked?.reject(new Error(message.reason));
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
