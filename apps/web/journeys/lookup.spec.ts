import { expect, expectAccessible, test } from './fixture.ts';

test('[J76] a barcode is looked up only at who may be asked, and fills in what is ticked', async ({ visit, app: { products } }) => {
  const anna = await visit({ as: 'Anna' });
  const { page, detail } = anna;
  await anna.makeCollection('Bathroom');
  await anna.addItem('Tissues');
  await anna.openItem('Tissues');
  const codes = detail.getByRole('group', { name: 'Barcodes' }).locator('input');
  await codes.fill('036000291452');
  await codes.press('Enter');
  await detail.getByRole('button', { name: 'Look it up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Look it up' });
  await expect(dialog.getByRole('button', { name: 'Ask' })).toBeDisabled();
  await expectAccessible(page);
  expect(products.seen).toEqual([]);

  await dialog.getByRole('checkbox', { name: /UPCitemdb/ }).check();
  products.next({ status: 429, retryAfter: '1' });
  await dialog.getByRole('button', { name: 'Ask' }).click();
  await expect(dialog).toContainText('UPCitemdb does not want to be asked more often. Try again later.');
  const item = { ean: '0036000291452', title: 'Kleenex tissues', brand: 'Kleenex', description: '<b>Soft</b>', currency: '' };
  products.next({ json: { items: [item] } });
  await expect(async () => {
    await dialog.getByRole('button', { name: 'Ask' }).click();
    await expect(dialog).toContainText('Kleenex tissues', { timeout: 1_500 });
  }).toPass();
  expect(products.seen.at(-1)).toBe('/prod/trial/lookup?upc=0036000291452');
  await dialog.getByRole('button', { name: 'Fill in 2 fields' }).click();

  await expect(dialog).toBeHidden();
  await expect(detail.getByLabel('Series')).toHaveValue('Kleenex');
  await expect(detail.getByLabel('Description')).toHaveValue('<b>Soft</b>');
  await expect(anna.row('Tissues')).toBeVisible();
});
