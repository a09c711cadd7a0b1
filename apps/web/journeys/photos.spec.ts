import { expect, expectAccessible, test } from './fixture.ts';
import { hand, isTurned, strip, touch, whiteCorners } from './photo-steps.ts';
import { picture } from './picture.ts';

test('[J50] photos are kept with an item with no account and no network, put in order, turned, cropped and taken back', async ({
  visit,
}) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await anna.isInstalled();
  await anna.goOffline();
  await anna.addItem('Lamp');
  await anna.openItem('Lamp');
  const files = [picture('a.png'), picture('b.png', { hue: 20, width: 480, height: 640 }), picture('c.png', { hue: 100 })];
  await anna.detail.getByLabel('Choose photos').setInputFiles(files);
  await expect(strip(page)).toHaveCount(3);
  await hand(page, [picture('d.png', { hue: 300 })], 'paste', page.locator('body'));
  await expect(strip(page)).toHaveCount(4);
  await expect(anna.row('Lamp').locator('img')).toBeVisible();
  await expect(strip(page).first()).toHaveAccessibleName('Photo 1 of 4, cover, Only here');
  await expectAccessible(page);

  await strip(page).nth(1).focus();
  await page.keyboard.press('Shift+ArrowLeft');
  await expect(anna.detail.getByText('This photo is the cover now.')).toBeAttached();
  await anna.detail.getByLabel('Caption').fill('The base');
  await anna.detail.getByLabel('Caption').press('Enter');
  await expect(strip(page).first()).toHaveAccessibleName('Photo 1 of 4, cover, The base, Only here');
  await strip(page).nth(3).dragTo(strip(page).first());
  await expect(strip(page).nth(1)).toHaveAccessibleName('Photo 2 of 4, The base, Only here');
  await strip(page).nth(1).dragTo(strip(page).first());
  await expect(strip(page).first()).toHaveAccessibleName('Photo 1 of 4, cover, The base, Only here');

  const cover = strip(page).first();
  await expect.poll(() => whiteCorners(cover)).toEqual(['left']);
  const turn = (times: number): Promise<void> =>
    anna.detail.getByRole('button', { name: 'Turn' }).evaluate((button: HTMLButtonElement, clicks) => {
      for (let click = 0; click < clicks; click++) button.click();
    }, times);
  await turn(3);
  await expect.poll(() => whiteCorners(cover)).toEqual([]);
  await turn(2);
  await isTurned(cover);
  await anna.detail.getByRole('button', { name: 'Crop…' }).click();
  const square = page.getByRole('application', { name: /^Square to keep/ });
  await square.focus();
  for (let times = 0; times < 30; times++) await page.keyboard.press('Shift+ArrowDown');
  await expectAccessible(page);
  await page.getByRole('dialog').getByRole('button', { name: 'Crop', exact: true }).click();
  await expect.poll(() => whiteCorners(cover)).toEqual([]);

  await anna.detail.getByRole('button', { name: 'Remove photo' }).click();
  await expect(strip(page)).toHaveCount(3);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(strip(page)).toHaveCount(4);
  await page.reload();
  await expect(strip(page).first()).toHaveAccessibleName('Photo 1 of 4, cover, The base, Only here');
  await expect(strip(page).first().locator('img')).toBeVisible();
});

test('[J51] a photo is looked at in full: by keys and fingers, larger, and closed again', async ({ visit }) => {
  const anna = await visit({ phone: true });
  const { page } = anna;
  await page.emulateMedia({ colorScheme: 'dark' });
  await anna.makeCollection('Shelf');
  await anna.addItem('Vase');
  await anna.openItem('Vase');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png'), picture('b.png', { hue: 20 })]);
  await expect(strip(page)).toHaveCount(2);
  await expectAccessible(page);
  await page.getByRole('button', { name: /show it large/ }).click();
  await expect(page.getByRole('dialog', { name: 'Photo 1 of 2: Vase' }).locator('img')).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('dialog', { name: 'Photo 2 of 2: Vase' })).toBeVisible();
  await page.keyboard.press('+');
  const stage = page.locator('.stage');
  await expect(stage).toHaveClass(/zoomed/);
  await page.keyboard.press('0');
  await expect(stage).not.toHaveClass(/zoomed/);
  await touch(page, [
    [320, 400],
    [90, 405],
  ]);
  await expect(page.getByRole('dialog', { name: 'Photo 1 of 2: Vase' })).toBeVisible();
  const [left, right] = [[195, 400] as const, [205, 400] as const];
  await touch(page, [left, [80, 400]], [right, [320, 400]]);
  await expect(stage).toHaveClass(/zoomed/);
  await touch(page, [[80, 400], left], [[320, 400], right]);
  await expect(stage).not.toHaveClass(/zoomed/);
  await expect(page.getByRole('dialog', { name: 'Photo 1 of 2: Vase' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
});

test('[J52] several photos are taken in a row with the camera, each kept as it is taken', async ({ visit }) => {
  const anna = await visit({ phone: true });
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await anna.addItem('Clock');
  await anna.openItem('Clock');
  await anna.detail.getByRole('button', { name: 'Take photo' }).click();
  const sheet = page.getByRole('dialog', { name: 'Take photos' });
  const shutter = sheet.getByRole('button', { name: 'Take photo' });
  await expect.poll(() => sheet.locator('video').evaluate((video: HTMLVideoElement) => video.videoWidth)).toBeGreaterThan(0);
  await expectAccessible(page);
  for (const count of ['1 photo taken', '2 photos taken', '3 photos taken']) {
    await expect(shutter).toBeEnabled();
    await shutter.click();
    await expect(sheet.getByRole('status')).toHaveText(count);
  }
  await sheet.getByRole('button', { name: 'Done' }).click();
  await expect(strip(page)).toHaveCount(3);
});

test('[W32] names stand below each other, whether there is a photo or not', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Shelf');
  for (const name of ['Lamp', 'Vase', 'Chair']) await anna.addItem(name);
  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png')]);
  await expect(anna.row('Lamp').locator('img')).toBeVisible();
  for (const width of [1280, 390]) {
    await anna.page.setViewportSize({ width, height: 844 });
    if (width === 390) await anna.page.goBack();
    const left = async (name: string): Promise<number> => Math.round((await anna.row(name).getByText(name).boundingBox())?.x ?? -1);
    await expect.poll(async () => new Set(await Promise.all(['Lamp', 'Vase', 'Chair'].map(left))).size, `at ${width}`).toBe(1);
  }
});

test('[J53] photos dropped on the list make one item each, named by file; on a row they go to its item; one Undo takes them back', async ({
  visit,
}) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  const list = page.getByRole('region', { name: 'Items' });
  const notes = { name: 'notes.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>') };
  await hand(page, [picture('Red_mug.png', { hue: 10 }), notes, picture('Blue plate.png')], 'drop', list);
  await expect(page.getByText('“notes.svg” is damaged, or not a picture this browser can read.')).toBeVisible();
  await expect(anna.row('Red mug').locator('img')).toBeVisible();
  await expect(anna.row('Blue plate').locator('img')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(anna.row('Red mug')).toHaveCount(0);
  await expect(anna.row('Blue plate')).toHaveCount(0);
  await hand(page, [picture('Green jar.png', { hue: 120 })], 'paste', page.locator('body'));
  await expect(anna.row('Green jar').locator('img')).toBeVisible();

  const more = [picture('IMG_2042.png', { hue: 40 })];
  await hand(page, more, 'dragover', anna.row('Green jar'));
  await expect(anna.row('Green jar')).toHaveClass(/over/);
  await hand(page, more, 'drop', anna.row('Green jar'));
  await expect(anna.row('Green jar')).not.toHaveClass(/over/);
  await expect(page.getByText('1 photo added to “Green jar”')).toBeVisible();
  await hand(page, more, 'drop', list);
  await expect(page.getByRole('grid', { name: 'Items' }).getByText(/^Photo \d/)).toBeVisible();
  await anna.openItem('Green jar');
  await expect(strip(page)).toHaveCount(2);
});

test('[J54] a receipt is kept beside the photos with what it is, saved to a file, and taken back', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await anna.addItem('Camera');
  await anna.openItem('Camera');
  const files = page.getByRole('region', { name: 'Files' });
  await files.getByLabel('What the file is').selectOption('Warranty');
  const pdf = { name: 'warranty.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4\n%%EOF\n') };
  const program = { name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from('MZ') };
  const damaged = { ...picture('scan.png'), buffer: picture('scan.png').buffer.subarray(0, 900) };
  const called = { name: 'letter.pdf', mimeType: 'application/pdf', buffer: Buffer.from('Dear Anna') };
  await files.getByLabel('Add file').setInputFiles([pdf, program, damaged, called]);
  await expect(page.getByText('“tool.exe” is neither PDF, picture nor plain text. Save it as PDF and add that.')).toBeVisible();
  await expect(page.getByText('“scan.png” is damaged, or not a picture this browser can read.')).toBeVisible();
  await expect(page.getByText('“letter.pdf” is damaged, or no PDF. Open it elsewhere, save it as PDF, and add that.')).toBeVisible();
  await expect(files.getByRole('listitem')).toHaveText(/warranty\.pdf\s*Warranty · 15 B\s*Only here/);
  await expectAccessible(page);
  const [download] = await Promise.all([page.waitForEvent('download'), files.getByRole('button', { name: /^warranty\.pdf/ }).click()]);
  expect(download.suggestedFilename()).toBe('warranty.pdf');
  await files.getByRole('button', { name: 'Remove warranty.pdf' }).click();
  await expect(files.getByRole('listitem')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(files.getByRole('listitem')).toHaveCount(1);
});
