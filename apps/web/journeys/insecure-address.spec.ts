import { expect, expectAccessible, test } from './fixture.ts';

test('[J13] over http on the local network the app says what is missing, and keeps what is written', async ({ visit }) => {
  const anna = await visit();
  const { page } = anna;
  await anna.openInsecure();
  const notice = page.getByRole('region', { name: 'What is missing here' });
  await expect(notice).toContainText('opening the app with no network');
  await expect(notice).toContainText('https://');
  await expect(page.getByRole('button', { name: 'Try the demo' })).toBeVisible();
  await expectAccessible(page);
  await notice.getByRole('button', { name: 'Understood' }).click();
  await page.getByRole('button', { name: 'Try the demo' }).click();
  await expect(page.getByRole('heading', { name: 'The house on Crow Lane' })).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { name: 'The house on Crow Lane' })).toBeVisible();
});
