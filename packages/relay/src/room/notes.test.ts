import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { settle } from '../../test/manual-clock.ts';
import type { NativeClient } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene, type Scene } from '../../test/room-scene.ts';

const document = 'notes.abcdef.0';

/** Somebody who types at the end of one note. */
function typist(client: NativeClient, { id }: Scene, writer = 77): () => void {
  const note = new RegisterWriter(writer);
  let ref = 0;
  return () => {
    ref += 1;
    client.push(id, { writer, ref, document, bytes: note.change((doc) => doc.getText('n/aaaaaaaa').insert(ref - 1, 'x')) });
  };
}

/** What the log reads up to a row, in its own order. */
function textHash(scene: Scene, seq: number): Uint8Array {
  const doc = new Y.Doc();
  for (const row of scene.rows().slice(0, seq)) Y.applyUpdate(doc, row.bytes);
  const text = `[["n/aaaaaaaa",${JSON.stringify(doc.getText('n/aaaaaaaa').toJSON())}]]`;
  return new Uint8Array(createHash('sha256').update(text).digest().subarray(0, 8));
}

const textsHeard = (client: NativeClient): readonly unknown[] => client.of('updates').flatMap((one) => one['texts'] as unknown[]);

const pageHeard = (client: NativeClient): { readonly document: string; readonly text: Uint8Array | undefined } | undefined =>
  (client.last('page')?.['documents'] as { document: string; text: Uint8Array | undefined }[] | undefined)?.[0];

describe('room: notes', () => {
  it('[R26] knows every edit of a note that was committed together with others', async () => {
    const scene = await openScene();
    const anna = await scene.guest('anna');
    const type = typist(anna, scene);

    for (let edit = 0; edit < 4; edit += 1) type();
    await settle();
    type();
    await settle();

    expect(anna.of('refused')).toEqual([]);
    expect(scene.rows()).toHaveLength(5);
  });

  it('[R47] a run of the tail says what its notes read after their last row, and a run of anything else says nothing', async () => {
    const scene = await openScene();
    const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben')];
    const type = typist(anna, scene);

    for (let edit = 0; edit < 3; edit += 1) type();
    await settle();
    const together = textsHeard(ben);
    anna.push(scene.id, { writer: 78, ref: 1, document: 'root.0', bytes: new RegisterWriter(78).write('a') });
    type();
    await settle();

    expect(together.at(-1)).toEqual({ document, hash: textHash(scene, 3) });
    expect(textsHeard(ben).at(-1)).toEqual({ document, hash: textHash(scene, 5) });
    expect(textsHeard(ben).length).toBeLessThan(scene.rows().length);
  });

  it('[R47] notes edited through another relay are read here too', async () => {
    const scene = await openScene({ areHintsLost: true });
    const other = scene.newRelay();
    const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben', other)];
    const type = typist(anna, scene);

    type();
    type();
    await scene.clock.advance(1_100);
    type();
    await scene.clock.advance(1_100);

    expect(textsHeard(ben)).toEqual([
      { document, hash: textHash(scene, 2) },
      { document, hash: textHash(scene, 3) },
    ]);
  });

  it('[R47] a page says what a notes document reads at its end, and nothing of a point its document has passed', async () => {
    const scene = await openScene();
    const anna = await scene.guest('anna');
    const type = typist(anna, scene);
    for (let edit = 0; edit < 3; edit += 1) type();
    await settle();
    const ben = await scene.guest('ben', scene.newRelay());

    ben.pull(scene.id, { after: 1 });
    await settle();
    const end = pageHeard(ben);
    ben.pull(scene.id, { after: 1, maxBytes: 1 });
    await settle();

    expect(end).toMatchObject({ document, text: textHash(scene, 3) });
    expect(pageHeard(ben)).toMatchObject({ document, text: undefined });
  });
});
