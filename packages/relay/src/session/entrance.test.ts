import { describe, expect, it } from 'vitest';
import type { MemberId } from '@cacaw/protocol';
import { settle } from '../../test/manual-clock.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { createRelayWorld } from '../../test/relay-world.ts';

/** Ben, an editor, joins; his access changes after the log was read for him and before he is in, and the room may have heard of it. */
async function joinWhile(change: 'viewer' | 'none', isHeard: boolean) {
  const world = createRelayWorld({ areHintsLost: true });
  const { id, secret } = await world.newCollection();
  let isArmed = false;
  const onJoinRead = async (): Promise<void> => {
    if (!isArmed) return;
    isArmed = false;
    world.access.setRole(id, 2 as MemberId, change);
    if (!isHeard) return;
    relay.look(id);
    await settle();
  };
  const relay = world.newRelay({ onJoinRead });
  for (const account of ['anna', 'ben']) {
    (await world.connect(relay, account)).join(id, { secret });
    await settle();
  }
  const ben = await world.connect(relay, 'ben');
  isArmed = true;
  ben.join(id, { secret });
  await settle();
  ben.push(id, { writer: 9, ref: 1, document: 'root.0', bytes: new RegisterWriter(9).write('late') });
  await settle();
  await world.clock.advance(1_100);
  return { ben, rows: world.database.collections.get(id)?.rows ?? [] };
}

describe.each([{ isHeard: false }, { isHeard: true }])('entrance, the room knowing of it: $isHeard', ({ isHeard }) => {
  it('[R37] who is made a viewer while coming in commits nothing, and is told within a second', async () => {
    const { ben, rows } = await joinWhile('viewer', isHeard);

    expect(rows).toEqual([]);
    expect(ben.last('refused')).toMatchObject({ kind: 'role' });
    expect([ben.last('joined'), ben.last('access')].some((one) => one?.['role'] === 'viewer')).toBe(true);
  });

  it('[R37] who is removed while coming in commits nothing, and is told within a second', async () => {
    const { ben, rows } = await joinWhile('none', isHeard);

    expect(rows).toEqual([]);
    expect(ben.last('gone')).toMatchObject({ reason: 'removed' });
  });
});
