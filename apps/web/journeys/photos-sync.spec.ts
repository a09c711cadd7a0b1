import { expect, expectAccessible, test } from './fixture.ts';
import { isTurned, shownWidth, strip } from './photo-steps.ts';
import { picture } from './picture.ts';

test('[J55] photos taken with no network are shown at once, survive a reload, are sent afterwards and seen by somebody else', async ({
  visit,
  app,
}) => {
  const [anna, ben] = [await visit({ as: 'Anna' }), await visit({ as: 'Ben' })];
  const { page } = anna;
  await anna.makeCollection('Cellar');
  await anna.addItem('Lamp');
  await ben.join(await anna.share());
  await expect(ben.row('Lamp')).toBeVisible();
  await anna.isSynced();
  await anna.openItem('Lamp');
  await anna.isInstalled();
  await app.cut();
  await anna.goOffline();

  await anna.detail
    .getByLabel('Choose photos')
    .setInputFiles([picture('a.png'), picture('b.png', { hue: 20 }), picture('c.png', { hue: 90 })]);
  await expect(strip(page)).toHaveCount(3);
  await expect(strip(page).first()).toHaveAccessibleName('Photo 1 of 3, cover, Waiting');
  await anna.detail.getByRole('button', { name: 'Turn' }).click();
  // A turn is shown once it is kept, not before: a reload sooner than that would be a turn nobody has made.
  await isTurned(strip(page).first());
  await page.reload();
  await expect(strip(page)).toHaveCount(3);
  await expect(anna.row('Lamp').locator('img')).toBeVisible();
  await expect(anna.chip).toHaveText(/^Offline — \d+ changes? and 3 photos saved here$/);
  expect(await shownWidth(page)).toBe(640);

  await app.mend();
  await anna.goOnline();
  await anna.isSynced();
  for (const thumb of await strip(page).all()) await expect(thumb).toHaveAccessibleName(/Stored$/);
  await expect(ben.row('Lamp').locator('img')).toBeVisible();
  await ben.openItem('Lamp');
  await expect(strip(ben.page)).toHaveCount(3);
  await expect.poll(() => shownWidth(ben.page)).toBe(640);
  await isTurned(strip(ben.page).first());

  await ben.isInstalled();
  await app.cut();
  await ben.goOffline();
  await ben.page.reload();
  await expect(ben.row('Lamp').locator('img')).toBeVisible();
  await expect.poll(() => shownWidth(ben.page)).toBe(640);
});

test('[J56] whoever has the address of a public photo sees it, until the owner takes it back', async ({ visit }) => {
  const [anna, stranger] = [await visit({ as: 'Anna' }), await visit()];
  const { page } = anna;
  await anna.makeCollection('Shop window');
  await anna.addItem('Vase');
  await anna.share();
  await anna.openItem('Vase');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png')]);
  await expect(anna.detail.locator('.acts').getByText('Stored')).toBeVisible({ timeout: 30_000 });
  const more = anna.detail.getByRole('button', { name: 'More of this photo' });
  const answered = page.waitForResponse(/public-photos/);
  await more.click();
  await expect(page.getByRole('button', { name: 'Download' })).toBeVisible();
  await answered;
  await expect(page.getByRole('button', { name: 'Copy public address' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await anna.openSharing();
  const choice = anna.shareDialog.getByRole('checkbox', { name: /^Anyone with a photo’s address can see it/ });
  await choice.check();
  // What the words say the server has done; the box itself answers the click.
  await expect(anna.shareDialog.getByText(/^Whoever has an address sees that photo/)).toBeVisible();
  await anna.closeDialog();
  await more.click();
  await page.getByRole('button', { name: 'Copy public address' }).click();
  await expect(page.getByText('Address copied. Anyone who has it can see this photo.')).toBeVisible();
  const address = await page.evaluate(() => navigator.clipboard.readText());

  const seen = await stranger.page.goto(address);
  expect([seen?.status(), seen?.headers()['content-type']]).toEqual([200, 'image/webp']);
  await anna.openSharing();
  await choice.uncheck();
  await expect(anna.shareDialog.getByText(/^For a shop window/)).toBeVisible();
  // Asked of the server: what a browser has seen it may keep for a day.
  expect((await stranger.page.request.get(address)).status()).toBe(404);
});

test('[J57] a device that is nearly full says what takes the room, lets go of what the server has, and refuses nothing it has kept', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Cellar');
  await anna.addItem('Lamp');
  await anna.share();
  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png', { width: 1600, height: 1200 })]);
  await expect(anna.detail.locator('.acts').getByText('Stored')).toBeVisible({ timeout: 30_000 });
  // Of a gigabyte: on a device with a hundred bytes no copy of any photo would stay.
  const fill = (percent: number): Promise<void> | undefined =>
    page
      .workers()[0]
      ?.evaluate((usage) => void (StorageManager.prototype.estimate = () => Promise.resolve({ usage, quota: 1e9 })), percent * 1e7);
  const banner = page.getByRole('region', { name: 'Storage of this device' });
  await page.reload();
  await expect(anna.detail.locator('.acts').getByText('Stored')).toBeVisible({ timeout: 30_000 });
  await fill(85);
  await page.mouse.move(10, 10, { steps: 2 });
  await expect(banner).toContainText('more than 80 % full');
  await expect(banner.getByRole('button', { name: /^Free \d/ })).toBeEnabled();
  await expectAccessible(page);
  await banner.getByRole('button', { name: 'Later' }).click();
  await expect(banner).toBeHidden();
  await page.reload();
  await expect(anna.detail.locator('.acts').getByText('Stored')).toBeVisible({ timeout: 30_000 });
  await fill(96);
  await page.mouse.move(10, 10, { steps: 2 });
  await expect(banner).toContainText('more than 95 % full');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('b.png', { hue: 20 })]);
  const full = page.getByRole('alert').filter({ hasText: "This device is full — your last change isn't saved yet." });
  await expect(full).toBeVisible();
  await banner.getByRole('button', { name: /^Free \d/ }).click();
  await expect(page.getByText(/freed\. These photos are on the server\.$/)).toBeVisible();

  await fill(10);
  await full.getByRole('button', { name: 'Retry' }).click();
  await expect(full).toBeHidden();
  await expect(strip(page)).toHaveCount(2);
  await expect(anna.detail.getByRole('button', { name: /show it large$/ })).toBeVisible();
});

test('[J58] a photo the server refuses is named with its item and the reason, and can be removed where that is said', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Cellar');
  await anna.addItem('Lamp');
  await anna.share();
  await anna.openItem('Lamp');
  // A phone's picture as far as this browser can tell; the server finds nothing behind its first bytes.
  const buffer = Buffer.concat([Buffer.from('00000018667479706865696300000000', 'hex'), Buffer.alloc(2_000, 7)]);
  await anna.detail.getByLabel('Choose photos').setInputFiles([{ name: 'IMG_1.heic', mimeType: 'image/heic', buffer }]);
  await expect(anna.chip).toHaveText('1 photo was refused — review', { timeout: 30_000 });
  // What this browser cannot read it does not show broken.
  await expect(page.getByRole('button', { name: /show it large$/ }).locator('.thumb img')).toBeVisible();
  await anna.detail.getByRole('button', { name: 'Close', exact: true }).click();
  await anna.chip.click();
  const stuck = page.getByRole('list', { name: '1 photo not on the server yet' }).getByRole('listitem');
  await expect(stuck).toContainText(/Lamp\s*Photo\s*Refused/);
  await expect(stuck).toContainText('The file is damaged. Take the photo again, or add another copy of it.');
  await expect(stuck.getByRole('button', { name: /^Retry/ })).toHaveCount(0);
  await expectAccessible(page);
  await stuck.getByRole('link', { name: 'Lamp' }).click();
  await expect(anna.detail.locator('.acts').getByText('Refused')).toBeVisible();
  await expect(stuck).toBeHidden();

  await anna.chip.click();
  await stuck.getByRole('button', { name: 'Remove: Photo of Lamp' }).click();
  await expect(stuck).toHaveCount(0);
  await anna.isSynced();
});

test('[J62] photos of an item in the trash stay with it; deleted for ever they leave the server', async ({ visit, app }) => {
  // The queue of jobs is looked into every ten seconds, three times.
  test.setTimeout(180_000);
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Cellar');
  await anna.addItem('Lamp');
  await anna.share();
  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png'), picture('b.png', { hue: 20 })]);
  await expect(strip(page)).toHaveCount(2);
  for (const thumb of await strip(page).all()) await expect(thumb).toHaveAccessibleName(/Stored$/, { timeout: 30_000 });
  const collection = /\/c\/(\w+)/.exec(page.url())?.[1] ?? '';
  const stored = (await app.bySql(`select hash from blobs where collection_id = '${collection}'`)) as readonly { readonly hash: string }[];
  expect(stored).toHaveLength(2);
  const statuses = async (): Promise<readonly number[]> => {
    const sizes = stored.flatMap(({ hash }) => ['full', '300', '150'].map((size) => `${hash}?size=${size}`));
    const answers = await Promise.all(sizes.map((rest) => page.request.get(`${app.origin}/api/collections/${collection}/photos/${rest}`)));
    return [...new Set(answers.map((answer) => answer.status()))];
  };
  const clean = (): Promise<string> => app.asOperator('job', 'run', 'cleanup-orphaned-files');
  await clean();
  const needed = `select from blobs where collection_id = '${collection}' and needed_at is not null`;
  await expect.poll(async () => (await app.bySql(needed)).length, { timeout: 30_000 }).toBe(2);
  const trash = async (): Promise<void> => {
    await anna.openItem('Lamp');
    await anna.detail.getByRole('button', { name: 'Move to Trash' }).click();
    await expect(anna.row('Lamp')).toHaveCount(0);
    await page.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Trash' }).click();
  };
  await trash();
  expect(await statuses()).toEqual([200]);
  await page.getByRole('button', { name: 'Restore Lamp' }).click();
  await anna.openItems();
  await anna.openItem('Lamp');
  await expect(strip(page)).toHaveCount(2);
  await trash();
  await page.getByRole('button', { name: 'Select all' }).click();
  await page.getByRole('button', { name: 'Delete for ever' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete 1 thing for ever?' });
  await expect(dialog).toContainText('This deletes 1 item and 2 photos, on the server, too.');
  await dialog.getByRole('textbox').fill('Lamp');
  await dialog.getByRole('button', { name: 'Delete for ever' }).click();
  await expect(dialog).toBeHidden();

  const aDayLater = `update blobs set marked_at = marked_at - interval '25 hours' where collection_id = '${collection}' and marked_at is not null returning hash`;
  // Run again until it has met the deletion, which is on its way when the dialog closes.
  await expect.poll(async () => (await clean()) && (await app.bySql(aDayLater)).length, { timeout: 45_000 }).toBe(2);
  await clean();
  await expect.poll(statuses, { timeout: 30_000 }).toEqual([404]);
});
