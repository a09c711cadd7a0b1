import { describe, expect, it } from 'vitest';
import { settle } from '../testing/manual-clock.ts';
import { RegisterWriter } from '../testing/register-writer.ts';
import { createRelayWorld } from '../testing/relay-world.ts';

describe('session', () => {
  it('[R1] says welcome to a hello, with the account and the time', async () => {
    const world = createRelayWorld();
    const client = await world.connect(world.newRelay());

    expect(client.last('welcome')).toMatchObject({ serverTime: world.clock.now(), account: expect.stringMatching(/^[\w-]{43}$/) });
  });

  it('[R2] acks a push to its author and forwards it to the others, after it was committed', async () => {
    const world = createRelayWorld();
    const relay = world.newRelay();
    const { id, secret } = await world.newCollection(relay);
    const [anna, ben] = [await world.connect(relay, 'anna'), await world.connect(relay, 'ben')];
    for (const client of [anna, ben]) client.join(id, { secret });
    await settle();
    const writer = new RegisterWriter(77);
    const update = writer.write('Kitchen');

    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: update });
    await settle();

    expect(anna.closed).toBeUndefined();
    expect(anna.last('ack')).toMatchObject({ collection: id, writer: 77, ref: 1, seq: 1 });
    expect(ben.last('updates')).toMatchObject({ collection: id, updates: [{ seq: 1, document: 'root.0', writer: 77, bytes: update }] });
    expect(anna.of('updates')).toEqual([]);
    expect(world.database.collections.get(id)?.rows.map((row) => row.bytes)).toEqual([update]);
    expect(world.faults).toEqual([]);
  });

  it('[R3] answers a pull with what the log holds', async () => {
    const world = createRelayWorld();
    const relay = world.newRelay();
    const { id, secret } = await world.newCollection(relay);
    const anna = await world.connect(relay, 'anna');
    anna.join(id, { secret });
    const writer = new RegisterWriter(77);
    const update = writer.write('Kitchen');
    anna.push(id, { writer: 77, ref: 1, document: 'root.0', bytes: update });
    await settle();
    const ben = await world.connect(relay, 'ben');

    ben.join(id, { secret });
    await settle();
    ben.pull(id);
    await settle();

    expect(ben.last('joined')).toMatchObject({ head: 1, changed: 1, role: 'editor', reconcile: false });
    expect(ben.last('page')).toMatchObject({ head: 1, next: undefined, documents: [{ document: 'root.0', updates: [{ seq: 1, writer: 77, bytes: update }] }] });
  });
});
