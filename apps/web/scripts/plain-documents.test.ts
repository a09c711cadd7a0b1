import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import * as Yjs from 'yjs';
import { plainYjs } from './plain-documents.ts';

const packages = resolve(import.meta.dirname, '../node_modules');
const folder = mkdtempSync(join(tmpdir(), 'cacaw-yjs-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** As the build hands it to the engine. */
async function openPlain(): Promise<typeof Yjs> {
  const file = join(folder, 'yjs.mjs');
  const code = plainYjs(readFileSync(join(packages, 'yjs/dist/yjs.mjs'), 'utf8'))
    .replaceAll(/from 'lib0\/([^']+)'/g, (_, name: string) => `from '${pathToFileURL(join(packages, `lib0/${name}.js`)).href}'`)
    .replace(/^\/\/# sourceMappingURL.*$/m, '')
    // Beside the other it would warn that it is the second.
    .replace("'__ $YJS$ __'", "'__ plain $YJS$ __'");
  writeFileSync(file, code);
  return (await import(/* @vite-ignore */ file)) as typeof Yjs;
}
const plain = await openPlain();

interface Edit {
  readonly by: number;
  readonly at: number;
  readonly text: string;
}

/** Two writers who edit an array and a text and now and then hear of each other; all that is kept and sent of them. */
function writeBy(y: typeof Yjs, edits: readonly Edit[]): readonly unknown[] {
  const [one, two] = [new y.Doc({ gc: true }), new y.Doc({ gc: true })];
  one.clientID = 1;
  two.clientID = 2;
  const sent: Uint8Array[] = [];
  for (const doc of [one, two]) doc.on('update', (update: Uint8Array) => void sent.push(update));
  for (const { by, at, text } of edits) {
    const doc = by === 1 ? one : two;
    const other = by === 1 ? two : one;
    if (text === '') y.applyUpdate(other, y.encodeStateAsUpdate(doc, y.encodeStateVector(other)));
    else change(doc, at, text);
  }
  const whole = y.mergeUpdates(sent);
  const fresh = new y.Doc();
  y.applyUpdate(fresh, whole);
  const read = [fresh.getArray('r').toJSON(), fresh.getText('n').toJSON(), y.decodeUpdate(whole).structs.length];
  return [...read, ...sent, y.encodeStateAsUpdate(fresh), y.encodeStateVectorFromUpdate(whole), y.parseUpdateMeta(whole)];
}

function change(doc: Yjs.Doc, at: number, text: string): void {
  const [array, note] = [doc.getArray('r'), doc.getText('n')];
  doc.transact(() => {
    if (array.length > 3) array.delete(at % array.length, 1);
    array.insert(at % (array.length + 1), [{ text, at }]);
    if (note.length > 5) note.delete(at % (note.length - 3), 3);
    note.insert(at % (note.length + 1), text);
  });
}

const anEdit = fc.record({ by: fc.constantFrom(1, 2), at: fc.nat(50), text: fc.constantFrom('', 'saw', 'ä', 'crow bar') });

test('[W41] documents of a collection are the same bytes by the parts of Yjs that the engine is sent', () => {
  const same = fc.property(fc.array(anEdit, { maxLength: 30 }), (edits) => {
    expect(writeBy(plain, edits)).toEqual(writeBy(Yjs, edits));
  });
  fc.assert(same);
});

const unguarded: { readonly [what: string]: (doc: Yjs.Doc) => void } = {
  'a map': (doc) => doc.getArray('r').push([new Yjs.Map()]),
  bytes: (doc) => doc.getArray('r').push([new Uint8Array(3)]),
  'a document': (doc) => doc.getArray('r').push([new Yjs.Doc()]),
  'a format': (doc) => doc.getText('n').insert(0, 'saw', { bold: true }),
  'an embed': (doc) => doc.getText('n').insertEmbed(0, { image: 'x' }),
};

test.each(Object.entries(unguarded))('[W41] %s, which no guard lets pass, is refused by name', (_, write) => {
  const doc = new Yjs.Doc();
  write(doc);
  expect(() => plain.applyUpdate(new plain.Doc(), Yjs.encodeStateAsUpdate(doc))).toThrow('holds values and plain text');
});

test('[W41] a Yjs without one of the parts is not taken as it is', () => {
  expect(() => plainYjs('class YArray {\n}\n')).toThrow('no class YXmlTreeWalker any more');
});
