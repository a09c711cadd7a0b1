import { expect, test } from './fixture.ts';

test('[J2] two browsers by link see each other, each other’s row and each other’s edits within a second', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Shared shelf');
  await anna.addItem('Lamp');
  const link = await anna.share();
  await anna.isSynced();

  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.row('Lamp')).toBeVisible();
  await expect(ben.page).not.toHaveURL(/#/);
  await expect(anna.avatars).toHaveCount(2);
  await expect(ben.avatars).toHaveCount(2);

  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Value', { exact: true }).last().focus();
  await expect(ben.row('Lamp').getByText(`${anna.person.name} is editing`)).toBeVisible({ timeout: 1_000 });

  await ben.openItem('Lamp');
  await expect(ben.detail.getByText(`${anna.person.name} is editing`)).toBeVisible({ timeout: 1_000 });
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
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Tabs');
  const link = await anna.share();
  const second = await anna.page.context().newPage();
  await second.goto(anna.page.url());
  await expect(second.getByRole('heading', { name: 'Tabs' })).toBeVisible();

  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.avatars).toHaveCount(2);
  await expect(anna.avatars).toHaveCount(2);
});

test('[J2] two people write one notebook page at once and read the same, formatted and ticked', async ({ visit }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Notes');
  const link = await anna.share();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await expect(ben.page.getByRole('heading', { name: 'Notes' })).toBeVisible();
  for (const person of [anna, ben]) await person.openNotebook();

  await anna.notebookPage.pressSequentially('# Packing\n- Passport\nTent');
  await expect(ben.page.getByRole('checkbox', { name: 'Tent' })).toBeVisible();
  await ben.notebookPage.getByText('Passport').click();
  await ben.page.keyboard.press('Home');
  await anna.notebookPage.getByText('Tent').click();
  await anna.page.keyboard.press('End');
  await Promise.all([anna.page.keyboard.type(' and poles', { delay: 15 }), ben.page.keyboard.type('Old ', { delay: 15 })]);
  for (const person of [anna, ben])
    await expect(person.notebookPage.locator('.text')).toHaveText(['Packing', 'Old Passport', 'Tent and poles', '']);

  await ben.page.keyboard.press('Control+Enter');
  await expect(anna.page.getByRole('checkbox', { name: 'Old Passport' })).toBeChecked();
  await ben.page.keyboard.press('Shift+End');
  await ben.page.keyboard.press('Control+b');
  await expect(anna.notebookPage.locator('strong')).toHaveText('Passport');
  await anna.page.keyboard.press('Enter');
  await anna.page.keyboard.press('Enter');
  await anna.page.keyboard.type('Plain again');
  await expect(ben.notebookPage.locator('[data-kind=text]')).toHaveText(['Plain again', '']);
  await anna.page.keyboard.press('Control+a');
  await anna.page.keyboard.press('Delete');
  await expect(ben.notebookPage).toHaveText('');
  await anna.page.keyboard.press('Control+z');
  await expect(ben.notebookPage.locator('.text').first()).toHaveText('Packing');
});
