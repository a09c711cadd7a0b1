import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import type { MemberId } from '@cacaw/protocol';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair, type NativeClient } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene, type Scene } from '../../test/room-scene.ts';
import { updateFrame } from '../stock/messages.ts';

const root = 'root.0';

/** Anna owns and has written; Ben only looks. */
async function open(): Promise<Scene & { readonly anna: NativeClient; readonly ben: NativeClient }> {
  const scene = await openScene();
  const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben')];
  anna.push(scene.id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('hers') });
  scene.access.setRole(scene.id, 2 as MemberId, 'viewer');
  scene.relay.look(scene.id);
  await settle();
  return { ...scene, anna, ben };
}

describe('what a viewer forges', () => {
  it('[R53] pushes, repairs and closed writers of a viewer change nothing and reach nobody', async () => {
    const { anna, ben, id, rows, database } = await open();
    const heard = anna.heard.length;

    ben.push(id, { writer: 88, ref: 1, document: root, bytes: new RegisterWriter(88).write('forged') });
    ben.push(id, { writer: 77, ref: 2, document: root, bytes: new RegisterWriter(77).write('in her name') });
    ben.repair(id, root, new RegisterWriter(99).write('given back'));
    ben.state(id, root, Y.encodeStateVector(new RegisterWriter(99, new RegisterWriter(99).write('more')).doc));
    ben.closeWriter(id, 77);
    ben.closeWriter(id, 1234);
    await settle();

    expect(ben.of('refused').map((one) => [one['writer'], one['kind']])).toEqual([
      [88, 'role'],
      [77, 'role'],
    ]);
    expect(ben.of('closed').map((one) => [one['writer'], one['lastRef']])).toEqual([
      [77, 0],
      [1234, 0],
    ]);
    expect(ben.of('need')).toEqual([]);
    expect(rows()).toHaveLength(1);
    expect([...(database.collections.get(id)?.writers ?? [])]).toEqual([[77, { member: 1, lastRef: 1, closed: false }]]);
    expect(anna.heard).toHaveLength(heard);
    expect(ben.closed).toBeUndefined();
  });

  it('[R53] an editor turned viewer still learns how far its own writer came, and that writer is closed', async () => {
    const scene = await openScene();
    const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben')];
    ben.push(scene.id, { writer: 88, ref: 1, document: root, bytes: new RegisterWriter(88).write('his') });
    await settle();
    scene.access.setRole(scene.id, 2 as MemberId, 'viewer');

    ben.closeWriter(scene.id, 88);
    await settle();

    expect(ben.last('closed')).toMatchObject({ writer: 88, lastRef: 1 });
    expect(scene.database.collections.get(scene.id)?.writers.get(88 as never)).toMatchObject({ lastRef: 1, closed: true });
    expect(anna.closed).toBeUndefined();
  });

  it('[R54] a flood of presence is told to the others at the pace of a person, and a flood of frames ends', async () => {
    const { anna, ben, id, clock } = await open();
    const before = anna.of('presence').length;

    for (let index = 0; index < 1_000; index += 1) ben.present(id, { tab: 'a', item: `i${index}`, field: '' });
    await clock.advance(1_000);
    expect(anna.of('presence').length - before).toBeLessThan(25);
    expect(ben.closed).toBeUndefined();
    for (let index = 0; index < 5_000; index += 1) ben.present(id, { tab: 'a', item: `i${index}`, field: '' });
    await settle();

    expect(ben.closed?.code).toBe(1013);
    expect(anna.closed).toBeUndefined();
  });

  it('[R53] on the stock lane a viewer’s edit is dropped and its forging ends with 4403', async () => {
    const { relay, id, secret, access, rows, anna } = await open();
    const { near, far } = createWirePair();
    let code: number | undefined;
    near.onClose((closed) => (code = closed));
    relay.acceptStock(far, { collection: id, base: 'free.notebook', secret });
    await settle();
    access.setRole(id, 3 as MemberId, 'viewer');
    relay.look(id);
    await settle();
    const doc = new Y.Doc();
    doc.getText('t').insert(0, 'forged');
    const heard = anna.heard.length;

    near.send(updateFrame(Y.encodeStateAsUpdate(doc)));
    await settle();
    expect(code).toBeUndefined();
    for (let count = 0; count < 3; count += 1) near.send(updateFrame(Y.encodeStateAsUpdate(doc)));
    await settle();

    expect(code).toBe(4403);
    expect(rows()).toHaveLength(1);
    expect(anna.heard).toHaveLength(heard);
  });
});
