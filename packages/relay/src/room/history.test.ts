import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { mint } from '@cacaw/core';
import type { MemberId } from '@cacaw/protocol';
import { settle } from '../../test/manual-clock.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createRelayWorld } from '../../test/relay-world.ts';

describe('room: history', () => {
  it('[K26] folds a document whose rows have become many, and a newcomer reads the same from it', async () => {
    const world = createRelayWorld();
    const relay = world.newRelay();
    const { id, secret } = await world.newCollection();
    const anna = await world.connect(relay, 'anna');
    anna.join(id, { secret });
    const writer = new RegisterWriter(77);
    for (let ref = 1; ref <= 300; ref += 1) anna.push(id, { writer: 77, ref, document: 'root.0', bytes: writer.write(`${ref}`, ref) });
    await settle();
    await settle();
    anna.push(id, { writer: 77, ref: 301, document: 'root.0', bytes: writer.write('last', 301) });
    await settle();
    const ben = await world.connect(relay, 'ben');
    ben.join(id, { secret });
    await settle();
    ben.pull(id);
    await settle();

    const [part] = ben.last('page')!['documents'] as {
      snapshot: { seq: number; bytes: Uint8Array } | undefined;
      updates: { bytes: Uint8Array }[];
    }[];
    expect(part?.snapshot?.seq).toBeGreaterThanOrEqual(256);
    const doc = new Y.Doc();
    for (const bytes of [part!.snapshot!.bytes, ...part!.updates.map((one) => one.bytes)]) Y.applyUpdate(doc, bytes);
    expect(doc.getArray('r').toArray()).toEqual(writer.doc.getArray('r').toArray());
    expect(world.faults).toEqual([]);
  });

  it('[R44] puts a minted document under its next generation unless somebody wrote meanwhile, and refuses writes to the former', async () => {
    const world = createRelayWorld();
    const relay = world.newRelay();
    const { id, secret } = await world.newCollection();
    const anna = await world.connect(relay, 'anna');
    anna.join(id, { secret });
    const writer = new RegisterWriter(77);
    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: writer.write('a', 1) });
    await settle();
    const place = { collection: id, base: 'root', member: 1 as MemberId };

    const moved = await relay.mint(place, (updates, by) => {
      anna.push(id, { writer: 77, ref: 2, document: 'root.0', bytes: writer.write('b', 2) });
      world.database.collections.get(id)!.documents.set('root', { generation: 0, headSeq: 99 as never });
      return mint(updates, by);
    });
    world.database.collections.get(id)!.documents.set('root', { generation: 0, headSeq: 1 as never });
    await settle();
    const minted = await relay.mint(place, mint);
    anna.push(id, { writer: 77, ref: 3, document: 'root.0', bytes: writer.write('c', 3) });
    await settle();

    expect([moved, minted]).toEqual(['moved', 'minted']);
    expect(anna.last('updates')).toMatchObject({ updates: [{ document: 'root.1' }] });
    expect(anna.last('refused')).toMatchObject({ writer: 77, ref: 3, kind: 'generation' });
    expect(await relay.mint({ ...place, base: 'rows.nobody' }, mint)).toBe('missing');
  });
});
