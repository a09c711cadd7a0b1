import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, test } from './fixture.ts';
import { newPerson } from './person.ts';

test('[J21][J41] signing out by wiping names what was never sent, leaves nothing here, and calls nothing lost', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.open('/');
  await expect(page.getByText(`You are signed in as ${anna.person.name}.`)).toBeVisible();
  await anna.makeCollection('Cellar');
  await anna.addItem('Barolo');
  await anna.isSynced();
  await anna.chooseNetwork('This device only');
  await anna.open('/');
  await anna.addItem('Unsent');
  await anna.open('/account/devices');
  const panel = page.getByRole('region', { name: 'Sign out' });
  await panel.getByRole('button', { name: 'Sign out…' }).click();
  await expect(panel).toContainText('1 change of “Cellar” was never sent.');
  await expectAccessible(page);
  await panel.getByRole('button', { name: 'Stay signed in' }).click();

  await anna.signOut('wipe');
  await anna.open('/');
  await expect(page.getByText(/Have an account\?/)).toBeVisible();
  await expect(page.getByText(/are gone/)).toHaveCount(0);
  await expect
    .poll(() => page.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name?.includes('CacawInventory')).length))
    .toBe(1);

  await anna.signIn(anna.person);
  await page.getByRole('link', { name: /Cellar/ }).click();
  await expect(anna.row('Barolo')).toBeVisible();
  await expect(anna.row('Unsent')).toHaveCount(0);
});

test('[J21][J41] what is kept at signing out lies locked under its name, and nobody else who signs in here sees it', async ({ visit }) => {
  const anna = await visit({ as: 'Anna', collection: 'Diary' });
  const { page, person } = anna;
  await anna.signOut('keep');
  await anna.open('/');
  await expect(page.getByText(`The collections of ${person.name} are kept on this device`)).toBeVisible();
  await expect(page.getByText(/are gone/)).toHaveCount(0);
  await expectAccessible(page);

  await anna.signUp(newPerson('Ben'));
  await anna.open('/collections');
  await expect(page.getByText(/You are signed in as Ben/)).toBeVisible();
  await expect(page.getByText('Diary')).toHaveCount(0);

  await anna.signOut('keep');
  await anna.signIn(person);
  await expect(page.getByRole('link', { name: /Diary/ })).toBeVisible();
});

test('[J42][W43] “This device only” keeps everything here, says so everywhere, and turning sync on sends what waited', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Toolbox');
  await anna.addItem('Hammer');
  await anna.isSynced();
  const second = await visit();
  await second.signIn(anna.person);
  await second.page.getByRole('link', { name: /Toolbox/ }).click();
  await expect(second.row('Hammer')).toBeVisible();

  await anna.chooseNetwork('This device only');
  await anna.open('/collections');
  const card = page.getByRole('link', { name: /Toolbox/ });
  await expect(card).toContainText('On this device');
  await card.click();
  await expect(anna.chip).toHaveText('Saved on this device');
  await anna.addItem('Saw');
  await second.addItem('Wrench');
  await second.isSynced();
  await anna.chip.click();
  await expect(page.getByRole('region', { name: 'Sync details' })).toContainText('This device is set to keep everything to itself.');
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await expect(anna.row('Wrench')).toHaveCount(0);
  await expect(second.row('Saw')).toHaveCount(0);

  await anna.openSharing();
  await expectAccessible(page);
  await anna.shareDialog.getByRole('button', { name: 'Turn sync on' }).click();
  await expect(anna.shareDialog.getByRole('list', { name: 'Members' })).toBeVisible();
  await anna.closeDialog();
  await expect(anna.row('Wrench')).toBeVisible();
  await expect(second.row('Saw')).toBeVisible();
  await anna.open('/collections');
  await expect(page.getByRole('link', { name: /Toolbox/ })).toContainText('Synced');
});

test('[J45] where a sign-in was ended elsewhere the account says so, and its copy can be wiped all the same', async ({ visit }) => {
  const anna = await visit({ as: 'Anna', collection: 'Safe' });
  const { page, person } = anna;
  const lost = await visit({ phone: true });
  await lost.signIn(person);
  await expect(lost.page.getByRole('link', { name: /Safe/ })).toBeVisible();
  await anna.open('/account/devices');
  await page.getByRole('button', { name: /^Sign out there: / }).click();
  await expect(page.getByRole('button', { name: /^Sign out there: / })).toHaveCount(0);

  await lost.open('/collections');
  await expect(lost.page.getByText('Sign in again to sync (your work is safe here).')).toBeVisible();
  await expectAccessible(lost.page);
  await lost.open('/account/devices');
  await expect(lost.page.getByRole('heading', { name: 'Your sign-in on this device has ended' })).toBeVisible();
  await expect(lost.page.getByRole('main')).toContainText(person.name);
  await expectAccessible(lost.page);
  await lost.signOut('wipe');
  await expect(lost.page.getByText(/Have an account\?/)).toBeVisible();
  await lost.open('/');
  await expect(lost.page.getByText('Safe')).toHaveCount(0);
});

test('[J63][W62] where an account was deleted elsewhere no screen asks to sign in again; what is left is saved, removed, brought back', async ({
  visit,
}) => {
  test.slow();
  // The first account of a server runs it, which is told apart (J46).
  await visit({ as: 'Ben' });
  const anna = await visit({ as: 'Anna', collection: 'Safe' });
  await anna.addItem('Ring');
  await anna.isSynced();
  const [here, away] = [await visit(), await visit({ phone: true })];
  for (const device of [here, away]) {
    await device.signIn(anna.person);
    await device.page.getByRole('link', { name: /Safe/ }).click();
    await expect(device.row('Ring')).toBeVisible();
  }
  await away.page.goto('about:blank');
  await anna.open('/account/my-data');
  await anna.page.getByRole('button', { name: 'Delete account…' }).click();
  await anna.page.getByLabel('Type your e-mail to confirm').fill(anna.person.email);
  await anna.page.getByRole('textbox', { name: 'Your password' }).fill(anna.person.password);
  await anna.page.getByRole('button', { name: 'Delete my account for good' }).click();
  await expect(anna.page.getByText('Your account is deleted, and nothing of it is left on this device.')).toBeVisible();

  await expect(here.page.getByRole('heading', { name: '“Safe” was erased' })).toBeVisible();
  await here.open('/account');
  await expect(here.page.getByRole('heading', { name: 'This account was deleted' })).toBeVisible();
  await expect(here.page.getByRole('main')).toContainText(anna.person.name);
  await expectAccessible(here.page);
  await here.page.getByRole('button', { name: 'Remove it from this device' }).click();
  await expect(here.page.getByText('Your account is deleted, and nothing of it is left on this device.')).toBeVisible();

  const { page } = away;
  await away.open('/collections');
  await expect(page.getByRole('main').getByText('This account was deleted.')).toBeVisible();
  await expect(page.getByRole('link', { name: /Safe/ })).toContainText('On this device');
  await expectAccessible(page);
  await page.getByRole('link', { name: /Safe/ }).click();
  await away.row('Ring').click();
  await expect(page.getByText('This account was deleted.')).toBeVisible();
  await expect(away.chip).toHaveText('Saved on this device');
  await expect(page.getByText(/Sign in again/)).toHaveCount(0);
  await expectAccessible(page);
  await away.open('/sign-in?again&next=/collections');
  await expect(page.getByRole('heading', { name: 'This account was deleted' })).toBeVisible();
  await expectAccessible(page);
  const [backup] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download backup' }).click()]);
  await page.getByRole('button', { name: 'Remove it from this device…' }).click();
  await page.getByRole('button', { name: 'Remove it for good' }).click();
  await expect(page.getByText('Your account is deleted, and nothing of it is left on this device.')).toBeVisible();
  await away.open('/import');
  await page.locator('input[type=file]').setInputFiles({
    name: backup.suggestedFilename(),
    mimeType: 'application/json',
    buffer: await readFile(await backup.path()),
  });
  await expect(page.getByText('1 item in 1 collection brought back.')).toBeVisible();
  await expect(away.row('Ring')).toBeVisible();
});
