import { describe, expect, it } from 'vitest';
import { RegisterWriter } from '../../test/register-writer.ts';
import { settle } from '../../test/manual-clock.ts';
import { openScene } from '../../test/room-scene.ts';

describe('room: notes', () => {
  it('[R26] knows every edit of a note that was committed together with others', async () => {
    const { guest, id, rows } = await openScene();
    const anna = await guest('anna');
    const note = new RegisterWriter(77);
    const type = (ref: number): void =>
      anna.push(id, {
        writer: 77,
        ref,
        document: 'notes.abcdef.0',
        bytes: note.change((doc) => doc.getText('n/aaaaaaaa').insert(ref - 1, 'x')),
      });

    for (const ref of [1, 2, 3, 4]) type(ref);
    await settle();
    type(5);
    await settle();

    expect(anna.of('refused')).toEqual([]);
    expect(rows()).toHaveLength(5);
  });
});
