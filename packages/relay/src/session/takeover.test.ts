import { expect, it } from 'vitest';
import type { AccountId, MemberId } from '@cacaw/protocol';
import { settle } from '../../test/manual-clock.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene } from '../../test/room-scene.ts';

const root = 'root.0';

it('[R56] goes on under the account’s member when an account takes a connected device over, and counts every push once', async () => {
  const { access, database, guest, id, secret, relay, rows } = await openScene();
  const account = 'Account0Account0Accoun' as AccountId;
  const device = await guest('anna');
  const writer = new RegisterWriter(77);
  const [first, second] = [writer.write('one', 1), writer.write('two', 2)];
  device.push(id, { writer: 77, ref: 1, document: root, bytes: first });
  await settle();
  await access.admit({ account, kind: 'account' }, id, secret);
  const known = [...(database.collections.get(id)?.members.values() ?? [])][0]?.account;

  await access.claim(known as AccountId, account);
  device.push(id, { writer: 77, ref: 1, document: root, bytes: first });
  device.push(id, { writer: 77, ref: 2, document: root, bytes: second });
  device.closeWriter(id, 77);
  await settle();

  expect(device.of('ack').map((one) => [one['ref'], one['seq']])).toEqual([
    [1, 1],
    [1, 1],
    [2, 2],
  ]);
  expect(device.last('closed')).toMatchObject({ writer: 77, lastRef: 2 });
  expect(rows().map((row) => [row.seq, row.ref])).toEqual([
    [1, 1],
    [2, 2],
  ]);
  expect(database.collections.get(id)?.writers.get(77 as never)).toEqual({ member: 2 as MemberId, lastRef: 2, closed: true });
  expect(device.of('gone')).toEqual([]);
  relay.look(id);
  await settle();
  expect(device.closed?.code).toBe(1013);
});

it('[R56] answers no page to a device that was taken over: it would read as a log with nothing in it', async () => {
  const { access, database, guest, id, relay } = await openScene();
  const device = await guest('anna');
  device.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('one') });
  await settle();
  const known = [...(database.collections.get(id)?.members.values() ?? [])][0]?.account;

  await access.claim(known as AccountId, 'Account0Account0Accoun' as AccountId);
  device.pull(id);
  await settle();
  relay.look(id);
  await settle();

  expect(device.of('page')).toEqual([]);
  expect(device.of('gone')).toEqual([]);
  expect(device.closed?.code).toBe(1013);
});
