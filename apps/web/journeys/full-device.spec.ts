import { expect, test } from './fixture.ts';

test('[J10] a full device says so, loses nothing, and keeps the change once there is room', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.makeCollection('Shelf');
  await anna.addItem('Lamp');
  await anna.openItem('Lamp');
  const browser = await page.context().newCDPSession(page);
  await browser.send('Storage.overrideQuotaForOrigin', { origin: anna.origin, quotaSize: 1 });
  const note = 'A long description of a lamp. '.repeat(30);
  const banner = page.getByRole('alert').filter({ hasText: "This device is full — your last change isn't saved yet" });
  await anna.detail.getByLabel('Description').fill(note);
  await anna.detail.getByLabel('Description').blur();
  await expect(banner).toBeVisible();
  await expect(anna.row('Lamp')).toBeVisible();
  const [download] = await Promise.all([page.waitForEvent('download'), banner.getByRole('button', { name: 'Download backup' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^cacaw-backup-/);

  await browser.send('Storage.overrideQuotaForOrigin', { origin: anna.origin });
  await banner.getByRole('button', { name: 'Retry' }).click();
  await expect(banner).toBeHidden();
  await page.reload();
  await expect(anna.detail.getByLabel('Description')).toHaveValue(note);
});
