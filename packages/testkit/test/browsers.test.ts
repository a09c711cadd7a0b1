import { expect, test } from 'vitest';
import { add, createHome, settle, Street, watch } from './street.ts';

test('[L91] an invite opens the collection in another browser, with everything in it, live in both directions', async () => {
  const street = new Street();
  const [anna, ben] = [await street.browser('anna').open(), await street.browser('ben').open()];
  await anna.cacaw.setName('Anna');
  const home = await createHome(street, anna.cacaw);
  const { link } = await street.during(anna.cacaw.createInvite(home, { role: 'editor' }));
  expect(await street.during(ben.cacaw.lookInvite(link))).toMatchObject({ collection: home, role: 'editor', name: 'Home', isHere: false });

  expect(await street.during(ben.cacaw.acceptInvite(link))).toBe(home);
  const screens = [watch(anna.cacaw, home), watch(ben.cacaw, home)] as const;
  await add(ben.cacaw, home, 'Saw');
  await add(anna.cacaw, home, 'Hammer');
  await street.clock.advance(5_000);

  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'Hammer', 'Saw']);
  for (const screen of screens) expect(screen.state).toBe('synced');
  expect(screens[1].people.map(({ name }) => name)).toEqual(['Anna']);
  expect((await street.during(anna.cacaw.members(home))).map(({ role }) => role)).toEqual(['owner', 'editor']);
  expect((await street.during(ben.cacaw.lookInvite(link))).isHere).toBe(true);
  expect(street.faults).toEqual([]);
});

test('[L59] an invite that lets guests look is opened without an account, and nothing can be changed by it', async () => {
  const street = new Street();
  const [anna, guest] = [await street.browser('anna').open(), await street.browser('guest', null).open()];
  const home = await createHome(street, anna.cacaw);
  const closed = await street.during(anna.cacaw.createInvite(home, { role: 'viewer' }));
  await expect(street.during(guest.cacaw.acceptInvite(closed.link))).rejects.toMatchObject({ code: 'unknown-link' });
  const open = await street.during(anna.cacaw.createInvite(home, { role: 'viewer', allowsGuests: true }));

  await street.during(guest.cacaw.acceptInvite(open.link));
  const screen = watch(guest.cacaw, home);
  await street.clock.advance(1_000);

  expect(screen.names()).toEqual(['Drill']);
  expect(screen.role).toBe('viewer');
  await expect(add(guest.cacaw, home, 'Saw')).rejects.toMatchObject({ code: 'view-only' });
});

test('[L59] a link made before there were accounts still opens its collection, with and without one', async () => {
  const street = new Street();
  const [guest, ben] = [await street.browser('guest', null).open(), await street.browser('ben').open()];
  const made = await createHome(street, guest.cacaw);
  const link = await street.oldLink(made);
  await street.during(guest.cacaw.openLink(link));
  await street.during(ben.cacaw.openLink(link));
  const screens = [watch(guest.cacaw, made), watch(ben.cacaw, made)] as const;
  await add(ben.cacaw, made, 'Saw');
  await street.clock.advance(5_000);
  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'Saw']);
});

test('[L59] a link with a wrong secret opens nothing and leaves nothing behind', async () => {
  const street = new Street();
  const [anna, ben] = [await street.browser('anna').open(), await street.browser('ben').open()];
  const home = await createHome(street, anna.cacaw);
  await street.during(anna.cacaw.share(home));
  const collections: string[][] = [];
  ben.cacaw.collections((rows) => collections.push(rows.map(({ name }) => name)));

  const opening = street.during(ben.cacaw.openLink(`http://app/c/${home}#${'A'.repeat(43)}`));

  await expect(opening).rejects.toMatchObject({ code: 'unknown-link' });
  expect(collections.at(-1) ?? []).toEqual([]);
});

test('[L57] a tab takes over in the middle of syncing: nothing is lost, nothing twice', async () => {
  const street = new Street();
  const house = street.browser('anna');
  const [leader, follower] = [await house.open(), await house.open()];
  const ben = await street.browser('ben').open();
  const home = await createHome(street, leader.cacaw);
  const { link } = await street.during(leader.cacaw.createInvite(home, { role: 'editor' }));
  await street.during(ben.cacaw.acceptInvite(link));
  const screens = [watch(follower.cacaw, home), watch(ben.cacaw, home)] as const;
  await street.clock.advance(1_000);

  const adding = ['a', 'b', 'c', 'd'].map((name) => add(follower.cacaw, home, name));
  await settle();
  leader.kill();
  await street.during(Promise.all([...adding, add(ben.cacaw, home, 'e')]));

  for (const screen of screens) expect(screen.names()).toEqual(['Drill', 'a', 'b', 'c', 'd', 'e']);
  expect(screens[0].state).toBe('synced');
  expect(street.faults).toEqual([]);
});
