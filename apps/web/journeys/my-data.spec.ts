import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, expectAccessible, test } from './fixture.ts';
import { isTurned, shownWidth, strip } from './photo-steps.ts';
import { picture } from './picture.ts';
import { unzipped } from './unzip.ts';
import type { Visitor } from './visitor.ts';

const bill = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

test('[J11] everything is downloaded, the account deleted, others keep what they were given, and nobody of that name is left', async ({
  visit,
}) => {
  // The first account of a server runs it, which is told apart (J46).
  const ben = await visit({ as: 'Ben' });
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Shelf');
  for (const name of ['Lamp', 'Vase']) await anna.addItem(name);
  const link = await anna.share();
  await ben.join(link);
  await expect(ben.row('Lamp')).toBeVisible();
  await withPhotosAndFile(anna);
  await anna.isSynced();

  await anna.page.goto(`${anna.origin}/account/my-data`);
  await expectAccessible(anna.page);
  const downloading = anna.page.waitForEvent('download');
  await anna.page.getByRole('button', { name: 'Download my data' }).click();
  const zip = await (await downloading).path();
  const files = unzipped(zip);
  const [bundle = ''] = [...files].filter(([path]) => path.endsWith('/collection.json')).map(([, bytes]) => bytes.toString());
  const { items, checksum } = JSON.parse(bundle) as { items: ArchivedItem[]; checksum: string };
  expect(items.map(({ name }) => name).toSorted()).toEqual(['Lamp', 'Vase']);
  expect(sha256(bundle.replace(checksum, ''))).toBe(checksum);
  holdsAllBytes(
    files,
    items.find(({ name }) => name === 'Lamp'),
  );

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

  const anew = await visit({ as: 'Anew' });
  await anew.page.goto(`${anew.origin}/import`);
  await anew.page
    .locator('input[type=file]')
    .setInputFiles({ name: 'cacaw-my-data.zip', mimeType: 'application/zip', buffer: readFileSync(zip) });
  await expect(anew.page.getByText('2 items and 3 photos and files in 1 collection brought back.')).toBeVisible();
  await expect(anew.row('Vase')).toBeVisible();
  await expect(anew.row('Lamp').locator('img')).toBeVisible();
  await anew.openItem('Lamp');
  // Of an account that syncs the server has them soon, as it has what is taken here.
  await expect(strip(anew.page).first()).toHaveAccessibleName('Photo 1 of 2, cover, From behind, Stored', { timeout: 30_000 });
  await expect(strip(anew.page).nth(1)).toHaveAccessibleName('Photo 2 of 2, Stored', { timeout: 30_000 });
  await isTurned(strip(anew.page).first());
  await expect.poll(() => shownWidth(anew.page)).toBe(640);
  const saving = anew.page.waitForEvent('download');
  await anew.detail.getByRole('button', { name: /^bill\.pdf/ }).click();
  expect(readFileSync(await (await saving).path())).toEqual(bill);
  await anew.isSynced();

  await anew.page.goto(`${anew.origin}/import`);
  const damaged = { name: 'damaged.zip', mimeType: 'application/zip', buffer: withDamage(readFileSync(zip), files) };
  await anew.page.locator('input[type=file]').setInputFiles(damaged);
  await expect(anew.page.getByRole('heading', { name: '2 items and 2 photos and files in 1 collection brought back.' })).toBeVisible();
  await expect(anew.page.getByRole('listitem').filter({ hasText: /^Lamp: Its photo \d of 2/ })).toHaveText(/ is damaged in the archive\.$/);
  await expectAccessible(anew.page);
});

/** The same zip with one bit of a photo turned over. */
function withDamage(zip: Buffer, files: ReadonlyMap<string, Buffer>): Buffer {
  const [photo = Buffer.alloc(0)] = [...files].filter(([path]) => path.includes('/photos/')).map(([, bytes]) => bytes);
  const at = zip.indexOf(photo) + (photo.length >> 1);
  zip.writeUInt8(zip.readUInt8(at) ^ 1, at);
  return zip;
}

interface ArchivedItem {
  readonly name: string;
  readonly cacaw: { readonly photos: readonly { readonly hash: string }[]; readonly files: readonly { readonly hash: string }[] };
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex');

/** Two photos, the second one made the cover, turned and with a caption, and a bill. */
async function withPhotosAndFile(anna: Visitor): Promise<void> {
  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('a.png'), picture('b.png', { hue: 20 })]);
  await expect(strip(anna.page)).toHaveCount(2);
  await strip(anna.page).nth(1).click();
  await strip(anna.page).nth(1).press('Shift+ArrowLeft');
  await anna.detail.getByLabel('Caption').fill('From behind');
  await anna.detail.getByLabel('Caption').blur();
  await expect(strip(anna.page).first()).toHaveAccessibleName(/^Photo 1 of 2, cover, From behind/);
  await anna.detail.getByRole('button', { name: 'Turn' }).click();
  await isTurned(strip(anna.page).first());
  await anna.detail.getByLabel('Add file').setInputFiles({ name: 'bill.pdf', mimeType: 'application/pdf', buffer: bill });
  await expect(anna.detail.getByRole('button', { name: /^bill\.pdf/ })).toBeVisible();
}

/** Each photo and file an item names lies in the zip under that name, with the size and hash the list gives; a bill as it was. */
function holdsAllBytes(files: ReadonlyMap<string, Buffer>, item: ArchivedItem | undefined): void {
  const [path = ''] = [...files.keys()].filter((name) => name.endsWith('/photos-and-files.json'));
  const {
    photos,
    files: count,
    list,
  } = JSON.parse(files.get(path)?.toString() ?? '') as {
    photos: number;
    files: number;
    list: { path: string; hash: string; bytes: number; sha256: string }[];
  };
  expect([photos, count]).toEqual([2, 1]);
  expect(list.map(({ hash }) => hash).toSorted()).toEqual(
    [...(item?.cacaw.photos ?? []), ...(item?.cacaw.files ?? [])].map(({ hash }) => hash).toSorted(),
  );
  for (const { path: name, bytes, sha256: expected } of list) {
    const held = files.get(path.replace('photos-and-files.json', name)) ?? Buffer.alloc(0);
    expect([held.length, sha256(held)]).toEqual([bytes, expected]);
  }
  expect(list.filter(({ hash }) => hash === sha256(bill)).map(({ sha256: held }) => held)).toEqual([sha256(bill)]);
}
