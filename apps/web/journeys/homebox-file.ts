import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';

/** A Homebox export and what importing it must lead to; see `homeboxCsv` of `@cacaw/testkit`. */
export interface HomeboxExport {
  readonly bytes: Buffer;
  readonly good: number;
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  readonly folders: number;
  /** Items directly in each place, by its path as Homebox writes it. */
  readonly itemsByLocation: readonly (readonly [path: string, items: number])[];
}

/** Makes the file in a Node that runs the workspace from source, which Playwright's own loader does not. */
export function makeHomeboxFile(rows: number, seed: number): HomeboxExport {
  const options = ['--conditions=@cacaw/source', resolve(import.meta.dirname, 'write-homebox-file.ts'), String(rows), String(seed)];
  const output = execFileSync(process.execPath, options, { maxBuffer: 64e6, encoding: 'utf8' });
  const made = JSON.parse(output) as Omit<HomeboxExport, 'bytes'> & { readonly bytes: string };
  return { ...made, bytes: Buffer.from(made.bytes, 'base64') };
}
