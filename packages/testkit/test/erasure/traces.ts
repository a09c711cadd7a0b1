import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Every way a text may lie in a file: as it is, in lower case, as UTF-16, in hexadecimal, and in base64 wherever it begins. */
function formsOf(marker: string): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const base64At = (offset: number): Buffer => {
    const padded = Buffer.concat([Buffer.alloc(offset), Buffer.from(marker)]).toString('base64');
    // What depends on the neighbours is cut off at both ends.
    return Buffer.from(padded.slice(Math.ceil((offset * 4) / 3), Math.floor(((offset + marker.length) * 4) / 3)));
  };
  return [
    { form: 'text', bytes: Buffer.from(marker) },
    { form: 'lower case', bytes: Buffer.from(marker.toLowerCase()) },
    { form: 'UTF-16', bytes: Buffer.from(marker, 'utf16le') },
    { form: 'hexadecimal', bytes: Buffer.from(Buffer.from(marker).toString('hex')) },
    ...[0, 1, 2].map((offset) => ({ form: `base64 at ${offset}`, bytes: base64At(offset) })),
  ];
}

function* filesBelow(path: string): Generator<string> {
  if (!statSync(path).isDirectory()) return yield path;
  for (const name of readdirSync(path)) yield* filesBelow(join(path, name));
}

/** Where below `folder` the marker lies, in any form, in the name of a file or in it. */
export function tracesOf(marker: string, folder: string): readonly string[] {
  const forms = formsOf(marker);
  const found: string[] = [];
  for (const file of filesBelow(folder)) {
    if (file.includes(marker)) found.push(`${file} (its name)`);
    const content = readFileSync(file);
    for (const { form, bytes } of forms) if (content.includes(bytes)) found.push(`${file} (${form})`);
  }
  return found;
}
