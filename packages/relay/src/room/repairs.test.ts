import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { settle } from '../../test/manual-clock.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { chain, following } from '../../test/placed-structs.ts';
import { openScene } from '../../test/room-scene.ts';

describe('repairs', () => {
  it('[R34] holds the next page back while the database takes no repair, and appends it when it does', async () => {
    let fault: LogFault = 'none';
    const { guest, id, rows, clock } = await openScene({ fault: (point) => (point === 'before-commit' ? fault : 'none') });
    const writer = new RegisterWriter(77);
    const lost = writer.write('a', 1);
    const anna = await guest('anna');
    anna.state(id, 'root.0', Y.encodeStateVector(writer.doc));
    await settle();

    fault = 'fail';
    anna.repair(id, 'root.0', lost);
    anna.pull(id, { maxBytes: 1 });
    await clock.advance(10_000);
    const pagesMeanwhile = anna.of('page').length;
    fault = 'none';
    await clock.advance(1_000);

    expect(pagesMeanwhile).toBe(0);
    expect(rows().map((row) => row.bytes)).toEqual([lost]);
    expect(anna.of('page')).toHaveLength(1);
  });

  it('[R34] takes repairs of one document that come together and build on each other', async () => {
    const { guest, id, rows } = await openScene();
    const writer = new RegisterWriter(77);
    const lost = ['a', 'b', 'c'].map((value, at) => writer.write(value, at + 1));
    const anna = await guest('anna');
    anna.state(id, 'root.0', Y.encodeStateVector(writer.doc));
    await settle();

    for (const bytes of lost) anna.repair(id, 'root.0', bytes);
    await settle();

    expect(rows().map((row) => row.bytes)).toEqual(lost);
  });

  it('[R34] is not held up by a repair that claims to build on what no other brings', async () => {
    const { guest, id, rows } = await openScene();
    const writer = new RegisterWriter(77);
    const [, second] = ['a', 'b'].map((value, at) => writer.write(value, at + 1));
    const mallory = await guest('mallory');
    mallory.state(id, 'root.0', Y.encodeStateVector(writer.doc));
    await settle();

    mallory.repair(id, 'root.0', second ?? new Uint8Array());
    mallory.pull(id, { maxBytes: 1 });
    await settle();

    expect(rows()).toEqual([]);
    expect(mallory.of('page')).toHaveLength(1);
  });

  it('[R34] takes no repair that would take every device seconds to merge', async () => {
    const { guest, id, rows } = await openScene();
    const mallory = await guest('mallory');

    mallory.push(id, { writer: 5, ref: 1, document: 'root.0', bytes: chain(5, 5_000, 'register') });
    mallory.state(id, 'root.0', Y.encodeStateVector(new Map([[9, 1_000]])));
    await settle();
    expect(mallory.of('need')).toHaveLength(1);
    mallory.repair(id, 'root.0', following(9, 5, 1_000));
    await settle();

    expect(rows().map((row) => row.writer)).toEqual([5]);
  });

  it('[I3] takes no repair it did not ask for: it could speak for others', async () => {
    const { guest, id, rows } = await openScene();
    const mallory = await guest('mallory');

    mallory.repair(id, 'root.0', new RegisterWriter(77).write('in her name'));
    await settle();

    expect(rows()).toEqual([]);
    expect(mallory.closed).toBeUndefined();
  });

  it('[R45] takes no repair of a free document, which no Y.Doc would have checked', async () => {
    const { guest, id, rows } = await openScene();
    const anna = await guest('anna');

    anna.repair(
      id,
      'free.notebook.0',
      new RegisterWriter(5).change((doc) => doc.getText('t').insert(0, 'forged')),
    );
    await settle();

    expect(rows()).toEqual([]);
    expect(anna.closed?.code).toBe(4400);
  });
});
