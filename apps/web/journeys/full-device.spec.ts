import { expect, test } from './fixture.ts';

test('[J10] a full device says so, loses nothing, and keeps the change once there is room', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await anna.addItem('Lamp');
  await anna.openItem('Lamp');
  // Chromium's quota override has no effect on contexts of their own (measured), so the engine's worker refuses by itself.
  const [engine] = page.workers();
  await engine?.evaluate(() => {
    const kept = Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, 'put') as PropertyDescriptor;
    const scope = globalThis as { makeRoom?: () => void };
    scope.makeRoom = () => Object.defineProperty(IDBObjectStore.prototype, 'put', kept);
    IDBObjectStore.prototype.put = () => {
      throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
    };
  });
  const note = 'A long description of a lamp. '.repeat(30);
  const banner = page
    .getByRole('alert')
    .filter({ hasText: "This device is full — your last change isn't saved yet. Nothing kept before is lost" });
  await anna.detail.getByLabel('Description').fill(note);
  await anna.detail.getByLabel('Description').blur();
  await expect(banner).toBeVisible();
  await expect(anna.row('Lamp')).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), banner.getByRole('button', { name: 'Download backup' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^cacaw-backup-/);

  await engine?.evaluate(() => (globalThis as { makeRoom?: () => void }).makeRoom?.());
  await banner.getByRole('button', { name: 'Retry' }).click();
  await expect(banner).toBeHidden();
  await page.reload();
  await expect(anna.detail.getByLabel('Description')).toHaveValue(note);
});
