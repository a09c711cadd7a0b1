import type { Accounts, Place } from '@cacaw/client/accounts';
import { ShareError } from '@cacaw/client';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { InviteAnswer, MemberAnswer } from '@cacaw/protocol/http';
import { flushSync } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { ScriptedCacaw } from '../../test/scripted-cacaw.ts';
import { LiveAccount, LiveSharing } from './index.ts';

const anna = 'A'.repeat(22) as AccountId;
const collection = 'abcdefghijklmnopqrstuv' as CollectionId;
const roots: (() => void)[] = [];
afterEach(() => {
  for (const stop of roots.splice(0)) stop();
});

function show<Value>(read: () => Value): readonly Value[] {
  const seen: Value[] = [];
  roots.push(
    $effect.root(() => {
      $effect(() => {
        seen.push(read());
      });
    }),
  );
  flushSync();
  return seen;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
  flushSync();
}

const accountsAt = (account: AccountId | null): Promise<Accounts> => {
  const place: Place = { database: 'CacawInventory', account, username: 'anna', entries: 1 };
  return Promise.resolve({ place, locked: async () => [] } as unknown as Accounts);
};

test('[W7] a screen reads whose data it shows, whether that is signed in, and whether it syncs', async () => {
  const scripted = new ScriptedCacaw();
  const account = new LiveAccount(scripted.cacaw, accountsAt(anna));
  const seen = show(() => [account.signIn, account.network]);
  await settled();
  scripted.say('device', { network: 'sync', connection: 'open' });
  flushSync();
  scripted.say('device', { network: 'sync', connection: 'signed-out' });
  flushSync();
  scripted.say('device', { network: 'local', connection: 'local' });
  flushSync();

  expect(seen).toEqual([
    [undefined, undefined],
    ['signed-in', undefined],
    ['signed-in', 'sync'],
    ['ended', 'sync'],
    ['signed-in', 'local'],
  ]);
});

test('[W7] the local account is nobody’s sign-in', async () => {
  const account = new LiveAccount(new ScriptedCacaw().cacaw, accountsAt(null));
  const seen = show(() => account.signIn);
  await settled();
  expect(seen).toEqual([undefined, 'nobody']);
});

test('[W8] a share dialog has members and invites when asked, keeps them through a failure, and says why', async () => {
  const scripted = new ScriptedCacaw();
  const members: MemberAnswer[] = [{ accountId: anna } as MemberAnswer];
  Object.assign(scripted.calls, {
    members: async () => [...members],
    invites: async () => [{ id: 'I' }] as unknown as InviteAnswer[],
    removeMember: async () => void members.pop(),
    transfer: async () => {
      throw new ShareError('forbidden', 'Only the owner may do that.');
    },
  });
  const sharing = new LiveSharing(scripted.cacaw, collection);
  const seen = show(() => [sharing.members?.length, sharing.invites.length, sharing.isBusy]);
  expect(seen).toEqual([[undefined, 0, false]]);

  await sharing.load(true);
  flushSync();
  expect(seen.at(-1)).toEqual([1, 1, false]);
  expect(await sharing.act((calls, id) => calls.transfer(id, anna))).toBe(false);
  flushSync();
  expect(sharing.error).toMatchObject({ code: 'forbidden' });
  expect(seen.at(-1)).toEqual([1, 1, false]);
  expect(await sharing.act((calls, id) => calls.removeMember(id, anna))).toBe(true);
  flushSync();
  expect(sharing.error).toBeUndefined();
  expect(seen.at(-1)).toEqual([0, 1, false]);
  expect(await sharing.act(async () => undefined, false)).toBe(true);
  flushSync();
  expect(seen.at(-1), 'whoever is the owner no more asks for no invites').toEqual([0, 0, false]);
});
