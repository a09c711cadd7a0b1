import { expect, expectAccessible, test } from './fixture.ts';
import { forgeEdits } from './forging.ts';
import { newPerson } from './person.ts';
import { shownWidth } from './photo-steps.ts';
import { picture } from './picture.ts';

test('[J25][J37] who shares without an account signs up first and comes back; who is invited does too', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Shelf');
  await anna.addItem('Lamp');
  await anna.openSharing();
  await expectAccessible(anna.page);
  await anna.shareDialog.getByRole('link', { name: 'Create an account' }).click();
  await expectAccessible(anna.page);
  await anna.signUp(newPerson('Anna'), { isOnForm: true });
  await expect(anna.shareDialog).toBeVisible();
  await anna.closeDialog();
  const link = await anna.share();

  const ben = await visit();
  await ben.page.goto(link);
  await expect(ben.page).not.toHaveURL(/#/);
  await expect(ben.page.getByText(anna.person.name)).toBeVisible();
  await expectAccessible(ben.page);
  await ben.page.getByRole('link', { name: 'Create an account' }).click();
  await ben.signUp(newPerson('Ben'), { isOnForm: true });
  await ben.page.getByRole('button', { name: /^Join/ }).click();
  await expect(ben.row('Lamp')).toBeVisible();
});

test('[J8][J44] a viewer sees everything and changes nothing, becomes an editor without a reload, and is removed with notice', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Museum');
  for (const name of ['Amphora', 'Brooch']) await anna.addItem(name);
  const link = await anna.share({ role: 'viewer' });
  await anna.isSynced();
  const before = await anna.exported();

  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.row('Amphora')).toBeVisible();
  await expect(ben.chip).toHaveText('View only');
  // What opens the sync details has a name also for who hears it.
  await expect(ben.page.getByRole('button', { name: 'View only' })).toHaveAccessibleDescription('Opens the sync details');
  await expect(ben.page.getByLabel(/^Add an item/)).toHaveCount(0);
  await expect(ben.page.getByRole('button', { name: 'New folder' })).toHaveCount(0);
  await ben.row('Amphora').click();
  await expect(ben.detail).toBeVisible();
  await expect(ben.detail.getByRole('textbox')).toHaveCount(0);
  await expect(ben.detail.getByRole('combobox')).toHaveCount(0);
  await expect(ben.detail.getByRole('button', { name: /Move/ })).toHaveCount(0);
  await expectAccessible(ben.page);
  await ben.page.getByRole('grid', { name: 'Items' }).focus();
  for (const key of ['n', 'x', 'm', 't', 'Delete', 'Control+a', 'Control+z']) await ben.page.keyboard.press(key);
  await expect(ben.page.getByRole('toolbar', { name: 'Selected items' })).toHaveCount(0);
  await expect(ben.page.getByRole('dialog')).toHaveCount(0);
  await expect(ben.row('Amphora')).toBeVisible();
  await ben.openNotebook();
  await expect(ben.page.getByRole('toolbar', { name: 'Formatting' })).toHaveCount(0);
  await ben.openItems();
  await forgeEdits(ben);
  expect(await anna.exported()).toEqual(before);

  await anna.openSharing();
  await expectAccessible(anna.page);
  await anna.shareDialog.getByLabel(`Role of ${ben.person.name}`).selectOption('editor');
  await expect(ben.page.getByLabel(/^Add an item/)).toBeVisible({ timeout: 2_000 });
  await ben.addItem('Coin');
  await expect(anna.row('Coin')).toBeVisible();

  await anna.shareDialog.getByRole('button', { name: `More about ${ben.person.name}` }).click();
  await anna.page.getByRole('button', { name: 'Remove…' }).click();
  await expectAccessible(anna.page);
  await anna.page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect(ben.page.getByRole('heading', { name: 'You no longer have access to “Museum”' })).toBeVisible({ timeout: 2_000 });
  await expectAccessible(ben.page);
  await ben.open('/collections');
  await ben.page.getByLabel('Search everything on this device').fill('Amphora');
  await expect(ben.page.getByText('Nothing on this device matches “Amphora”.')).toBeVisible();
});

test('[J27][J43] a guest looks without an account where the owner allows it, photos included, under a name, and no longer once the invite is revoked', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Wish list');
  await anna.addItem('Telescope');
  const link = await anna.share({ role: 'viewer', guests: true });
  await anna.openItem('Telescope');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('telescope.png')]);
  await expect(anna.detail.locator('.acts').getByText('Stored')).toBeVisible({ timeout: 30_000 });
  await anna.isSynced();
  const guest = await visit();
  await guest.page.goto(link);
  await expectAccessible(guest.page);
  await guest.lookAround(link, 'Tom');
  await expect(guest.row('Telescope').locator('img')).toBeVisible();
  await guest.openItem('Telescope');
  await expect.poll(() => shownWidth(guest.page)).toBe(640);
  await expect(anna.avatars.filter({ hasText: 'Tom' })).toHaveCount(1);
  await guest.openNotebook();
  await expect(guest.page.getByText('Synced', { exact: true })).toBeVisible();
  await guest.openItems();
  await guest.page.getByRole('button', { name: 'Share', exact: true }).click();
  await expect(guest.shareDialog).toContainText('You look at this as a guest');
  await expectAccessible(guest.page);
  await guest.closeDialog();
  await expect(guest.chip).toHaveText('View only');
  await expect(guest.page.getByLabel(/^Add an item/)).toHaveCount(0);

  await anna.openSharing();
  await expect(anna.shareDialog.getByText('Tom (guest)')).toBeVisible();
  await expect(anna.shareDialog.getByRole('list', { name: 'Members' }).getByRole('listitem')).toHaveCount(2);
  await anna.shareDialog.getByRole('button', { name: 'Revoke the invite by link' }).click();
  await expect(anna.shareDialog.getByRole('heading', { name: 'Invites that still work' })).toBeHidden();
  await expect(guest.page.getByRole('heading', { name: /You no longer have access/ })).toBeVisible({ timeout: 3_000 });
});

test('[J36] an invite without guests asks for an account, and one that is used up lets nobody in', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Drawer');
  const link = await anna.share({ uses: '1' });
  await anna.openSharing();
  await expect(anna.shareDialog.getByLabel('Invite link')).toHaveValue(link);
  await expect(anna.shareDialog.getByText('It lets one person in as an editor.')).toBeVisible();
  await anna.closeDialog();
  const stranger = await visit();
  await stranger.page.goto(link);
  await expect(stranger.page.getByRole('link', { name: 'Create an account' })).toBeVisible();
  await expect(stranger.page.getByRole('button', { name: 'Look without an account' })).toHaveCount(0);

  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  const cleo = await visit({ as: 'Cleo' });
  await cleo.page.goto(link);
  await expect(cleo.page.getByRole('alert')).toContainText('Ask for a new one');
  await expectAccessible(cleo.page);
});

test('[J36][J44] an invite by mail leads in, members hand over and leave', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Boat');
  await anna.addItem('Anchor');
  const ben = await visit({ as: 'Ben' });
  await anna.openSharing();
  await anna.shareDialog.getByLabel('E-mail of whom you invite').fill(ben.person.email);
  await anna.shareDialog.getByRole('button', { name: 'Send' }).click();
  await expect(anna.shareDialog.getByText(`what it wrote to ${ben.person.email} lies on its mail page`)).toBeVisible();
  const { link } = await app.mailbox.next(ben.person.email);
  await ben.join(link);
  await expect(ben.row('Anchor')).toBeVisible();

  await anna.closeDialog();
  await anna.openSharing();
  await anna.shareDialog.getByRole('button', { name: `More about ${ben.person.name}` }).click();
  await anna.page.getByRole('button', { name: 'Make owner…' }).click();
  await expectAccessible(anna.page);
  await anna.shareDialog.getByRole('button', { name: 'Hand it over' }).click();
  await expect(anna.shareDialog.getByRole('button', { name: 'Leave…' })).toBeVisible();
  await expect(anna.shareDialog.getByRole('listitem').filter({ hasText: ben.person.name })).toContainText('Owner');
  await expect(anna.shareDialog.getByRole('alert')).toHaveCount(0);
  await anna.shareDialog.getByRole('button', { name: 'Leave…' }).click();
  await anna.shareDialog.getByRole('button', { name: 'Leave', exact: true }).click();
  await expect(anna.page).toHaveURL(/\/collections/);
  await anna.open('/');
  await expect(anna.page.getByText('You are signed in as')).toBeVisible();
  await ben.openSharing();
  await expect(ben.shareDialog.getByRole('list', { name: 'Members' }).getByRole('listitem')).toHaveCount(1);
});

test('[J28] an editor who became a viewer while offline finds what was refused, copies it and asks for access', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Garage');
  await anna.addItem('Ladder');
  const link = await anna.share();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await ben.isSynced();
  await ben.goOffline();
  await ben.openItem('Ladder');
  await ben.type('Series', 'Aluminium');
  await expect(ben.chip).toHaveText(/^Offline/);

  await anna.openSharing();
  await anna.shareDialog.getByLabel(`Role of ${ben.person.name}`).selectOption('viewer');
  await expect(anna.shareDialog.getByLabel(`Role of ${ben.person.name}`)).toBeEnabled();
  await ben.goOnline();
  await expect(ben.chip).toHaveText('1 change was refused — review');
  await ben.chip.click();
  const panel = ben.page.getByRole('region', { name: 'Sync details' });
  await expect(panel.getByRole('list', { name: 'Refused changes' })).toContainText('Aluminium');
  await expectAccessible(ben.page);
  await panel.getByRole('button', { name: 'Copy' }).click();
  expect(await ben.page.evaluate(() => navigator.clipboard.readText())).toContain('Aluminium');
  await panel.getByRole('button', { name: 'Ask for access' }).click();
  await expect(panel.getByText('Asked. If nothing happens, ask the owner yourself, too.')).toBeVisible();
  const { text, link: asking } = await app.mailbox.next(anna.person.email);
  expect(text).toContain(ben.person.name);
  await anna.page.goto(asking);
  await anna.shareDialog.getByLabel(`Role of ${ben.person.name}`).selectOption('editor');
  await expect(panel).toContainText('You may edit again.');
  await expect(panel.getByText(/Ask the owner/)).toHaveCount(0);
});

test('[J40] the owner deletes a collection by typing its name, and everybody is told what became of it', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Attic');
  await anna.addItem('Trunk');
  const link = await anna.share({ role: 'editor' });
  await anna.isSynced();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.row('Trunk')).toBeVisible();

  await anna.openSharing();
  await anna.shareDialog.getByRole('button', { name: 'Delete this collection…' }).click();
  await expectAccessible(anna.page);
  await expect(anna.shareDialog.getByRole('button', { name: 'Delete collection' })).toBeDisabled();
  await anna.shareDialog.getByRole('textbox', { name: /to confirm/ }).fill('attic');
  await anna.shareDialog.getByRole('button', { name: 'Delete collection' }).click();

  for (const { page } of [anna, ben]) await expect(page.getByText(/was deleted/).first()).toBeVisible();
});
