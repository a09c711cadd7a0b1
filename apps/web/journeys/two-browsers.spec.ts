import { expect, test } from './fixture.ts';

test('[J2] two browsers by link see each other, each other’s row and each other’s edits within a second', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Shared shelf');
  await anna.addItem('Lamp');
  const link = await anna.share('Anna');
  await anna.isSynced();

  const ben = await visit();
  await ben.page.goto(link);
  await expect(ben.row('Lamp')).toBeVisible();
  await expect(ben.page).not.toHaveURL(/#/);
  await ben.nameMyself('Ben');
  await expect(anna.avatars).toHaveCount(2);
  await expect(ben.avatars).toHaveCount(2);

  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Value', { exact: true }).last().focus();
  await expect(ben.row('Lamp').getByText('Anna')).toBeVisible({ timeout: 1_000 });

  await ben.openItem('Lamp');
  await expect(ben.detail.getByText('Anna is editing')).toBeVisible({ timeout: 1_000 });
  await anna.detail.getByRole('textbox', { name: 'Value' }).fill('120');
  await anna.detail.getByRole('textbox', { name: 'Value' }).press('Enter');
  await expect(ben.detail.getByRole('textbox', { name: 'Value' })).toHaveValue('120.00', { timeout: 1_000 });

  await Promise.all([anna.type('Name', 'Brass lamp'), ben.detail.getByLabel('Condition').selectOption('mint')]);
  for (const person of [anna, ben]) {
    await expect(person.detail.getByLabel('Name', { exact: true })).toHaveValue('Brass lamp');
    await expect(person.detail.getByLabel('Condition')).toHaveValue('mint');
  }

  for (const person of [anna, ben]) await person.openNotebook();
  await anna.notebookPage.pressSequentially('# Insurance');
  await expect(ben.notebookPage.getByRole('heading', { name: 'Insurance' })).toBeVisible({ timeout: 1_000 });
  await ben.page.close();
  await expect(anna.avatars).toHaveCount(1, { timeout: 1_000 });
});

test('[J2] two tabs of one person are one avatar', async ({ visit }) => {
  const anna = await visit();
  await anna.makeCollection('Tabs');
  const link = await anna.share('Anna');
  const second = await anna.page.context().newPage();
  await second.goto(anna.page.url());
  await expect(second.getByRole('heading', { name: 'Tabs' })).toBeVisible();

  const ben = await visit();
  await ben.page.goto(link);
  await expect(ben.avatars).toHaveCount(2);
  await expect(anna.avatars).toHaveCount(2);
});
