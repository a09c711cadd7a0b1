import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './fixture.ts';
import { unzipped } from './unzip.ts';

test('[J11] everything is downloaded, the account deleted, others keep what they were given, and nobody of that name is left', async ({
  visit,
}) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Shelf');
  for (const name of ['Lamp', 'Vase']) await anna.addItem(name);
  const link = await anna.share();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.row('Lamp')).toBeVisible();
  await anna.isSynced();

  await anna.page.goto(`${anna.origin}/account/my-data`);
  await expectAccessible(anna.page);
  const downloading = anna.page.waitForEvent('download');
  await anna.page.getByRole('button', { name: 'Download my data' }).click();
  const zip = await (await downloading).path();
  const files = unzipped(zip);
  const [bundle = ''] = [...files].filter(([path]) => path.endsWith('/collection.json')).map(([, bytes]) => bytes.toString());
  const { items, checksum } = JSON.parse(bundle) as { items: { name: string }[]; checksum: string };
  expect(items.map(({ name }) => name).toSorted()).toEqual(['Lamp', 'Vase']);
  expect(createHash('sha256').update(bundle.replace(checksum, '')).digest('hex')).toBe(checksum);

  await anna.page.getByRole('button', { name: 'Delete account…' }).click();
  await anna.page.getByLabel(/What becomes of “Shelf”/).selectOption({ label: `Hand it over to ${ben.person.name}` });
  await anna.page.getByLabel('Type your e-mail to confirm').fill(anna.person.email);
  await anna.page.getByRole('textbox', { name: 'Your password' }).fill(anna.person.password);
  await expectAccessible(anna.page);
  await anna.page.getByRole('button', { name: 'Delete my account for good' }).click();
  await expect(anna.page.getByText('Your account is deleted, and nothing of it is left on this device.')).toBeVisible();
  await expect(anna.page.getByText('Shelf')).toHaveCount(0);
  expect((await anna.page.request.get(`${anna.origin}/api/account`)).status()).toBe(401);

  await expect(ben.row('Lamp')).toBeVisible();
  await ben.addItem('Kept');
  await ben.isSynced();

  const anew = await visit();
  await anew.page.goto(`${anew.origin}/import`);
  await anew.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'cacaw-my-data.zip', mimeType: 'application/zip', buffer: readFileSync(zip) });
  await expect(anew.row('Lamp')).toBeVisible();
  await expect(anew.row('Vase')).toBeVisible();
});
