import { isBackup, isBackupIntact, parseJson, readBackup } from './cacaw-json.ts';
import { readCsv } from './csv.ts';
import { decodeText, withoutMark } from './decode.ts';
import { ImportError, type ImportTable, type ImportWarning } from './table.ts';

/** What is known of a file besides its content. */
export interface ImportHints {
  readonly fileName?: string | undefined;
  /** Column separator, when the guess was wrong. */
  readonly delimiter?: string | undefined;
}

/** Reads a file as a table, whatever it is; throws {@link ImportError} when it is nothing that holds rows. */
export function readImport(file: string | Uint8Array, hints: ImportHints = {}): ImportTable {
  const { text, guessed } = typeof file === 'string' ? { text: file, guessed: false } : decodeText(file);
  const content = withoutMark(text);
  if (content.trim() === '') throw new ImportError('empty', 'This file is empty; choose another file.');
  const json = jsonOf(content, hints);
  if (json !== undefined) return readBackup(json.value);
  const table = readCsv(content, hints.delimiter);
  const isHomebox = table.columns.some((column) => /^HB\./i.test(column));
  const named = { format: isHomebox ? 'homebox' : 'csv', source: isHomebox ? 'Homebox' : (hints.fileName ?? 'a file') } as const;
  return { ...table, ...named, warnings: [...table.warnings, ...(guessed ? [encodingWarning] : [])] };
}

/** The same table, with a warning when it is a backup whose checksum does not fit: it may still be all that somebody has. */
export async function withChecksumRead(
  table: ImportTable,
  file: Uint8Array,
  sha256: (bytes: Uint8Array) => Promise<Uint8Array>,
): Promise<ImportTable> {
  if (table.format !== 'cacaw-json') return table;
  const isIntact = await isBackupIntact(withoutMark(decodeText(file).text), sha256);
  return isIntact === false ? { ...table, warnings: [...table.warnings, checksumWarning] } : table;
}

const checksumWarning: ImportWarning = {
  code: 'checksum',
  message: 'The checksum in this backup does not fit what it holds: it was changed or damaged after it was made. Look well at the preview.',
};

const encodingWarning: ImportWarning = {
  code: 'encoding',
  message: 'This file is not UTF-8 and was read as Windows text; look whether accents are right in the preview.',
};

/** A file is JSON by its name, or when it begins like JSON and really is. */
function jsonOf(text: string, { fileName }: ImportHints): { readonly value: unknown } | undefined {
  if (fileName?.toLowerCase().endsWith('.json') === true) return { value: parseJson(text) };
  if (!/^\s*\{/u.test(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isBackup(value) ? { value } : undefined;
  } catch {
    return undefined;
  }
}
