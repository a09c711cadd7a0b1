import Papa from 'papaparse';
import { ImportError, type ImportRow, type ImportTable, type ImportWarning } from './table.ts';

/** Reads delimited text: `,` `;` tab or `|`, quoted newlines, any line end. Never throws on what the text says. */
export function readCsv(text: string, delimiter?: string): Omit<ImportTable, 'format' | 'source'> {
  const parsed = Papa.parse<string[]>(text, { delimiter: delimiter ?? delimiterOf(text), skipEmptyLines: false });
  const problems = new Map(
    parsed.errors.flatMap(({ row, type, code }) => (type === 'Quotes' && row !== undefined ? [[row, quoteProblem(code)]] : [])),
  );
  const records = withLines(parsed.data, problems).filter((row) => row.cells.some((cell) => cell.trim() !== ''));
  const [header, ...rows] = records;
  if (header === undefined) throw new ImportError('empty', 'This file holds no rows; choose another file.');
  if (header.cells.length > mostColumns)
    throw new ImportError(
      'too-wide',
      `This file has ${header.cells.length} columns; at most ${mostColumns} can be read. Delete those you do not need, or choose another separator.`,
    );
  const columns = columnNames(header.cells);
  return { columns, rows: rows.map((row) => fit(row, columns.length)), folders: [], warnings: cellWarnings(rows, columns.length) };
}

/** The separator that stands most often in the first record, outside quotes; Papa's own guess is misled by quoted values. */
function delimiterOf(text: string): string {
  const counts = new Map([',', ';', '\t', '|'].map((sign) => [sign, 0]));
  let isQuoted = false;
  for (const sign of text.slice(0, longestHeader)) {
    if (sign === '"') isQuoted = !isQuoted;
    else if (!isQuoted && (sign === '\n' || sign === '\r')) break;
    else if (!isQuoted && counts.has(sign)) counts.set(sign, (counts.get(sign) ?? 0) + 1);
  }
  return [...counts].reduce((best, one) => (one[1] > best[1] ? one : best))[0];
}

const longestHeader = 100_000;
/** More than any program writes, and as many as a page can still show. */
const mostColumns = 1_000;
const longestName = 200;

const quoteProblem = (code: string): string =>
  code === 'MissingQuotes' ? 'A quote is opened here and never closed.' : 'A quote stands in the middle of a value; write it twice.';

/** Papa counts records; people count lines, and a quoted value may span several. */
function withLines(records: readonly string[][], problems: ReadonlyMap<number, string>): ImportRow[] {
  let line = 1;
  return records.map((cells, row) => {
    const at = line;
    line += 1;
    for (const cell of cells) line += lineEnds(cell);
    const problem = problems.get(row);
    return problem === undefined ? { line: at, cells } : { line: at, cells, problem };
  });
}

function lineEnds(cell: string): number {
  let count = 0;
  for (let at = cell.indexOf('\n'); at !== -1; at = cell.indexOf('\n', at + 1)) count++;
  return count;
}

/** Column names as in the file; empty and repeated ones are told apart by their position. */
function columnNames(cells: readonly string[]): readonly string[] {
  const seen = new Set<string>();
  return cells.map((cell, at) => {
    const name = cell.trim().slice(0, longestName).toWellFormed() || `Column ${at + 1}`;
    const unique = seen.has(name) ? `${name} (${at + 1})` : name;
    seen.add(unique);
    return unique;
  });
}

function fit(row: ImportRow, columns: number): ImportRow {
  const extra = row.cells.slice(columns).some((cell) => cell.trim() !== '');
  const cells = row.cells.length <= columns ? row.cells : row.cells.slice(0, columns);
  if (!extra || row.problem !== undefined) return { ...row, cells };
  return {
    ...row,
    cells,
    problem: `This row has ${row.cells.length} values for ${columns} columns; quote values that hold the separator.`,
  };
}

function cellWarnings(rows: readonly ImportRow[], columns: number): readonly ImportWarning[] {
  const short = rows.filter((row) => row.cells.length < columns).length;
  if (short === 0) return [];
  return [{ code: 'cells', message: `${short} rows have fewer values than there are columns; what is missing stays empty.` }];
}
