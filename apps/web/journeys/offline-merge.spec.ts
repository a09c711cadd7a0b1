import type { Locator } from '@playwright/test';
import { expect, test } from './fixture.ts';

test('[J3] two people edit offline and nothing of either is lost', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Cellar');
  for (const name of ['Bottle', 'Crate']) await anna.addItem(name);
  await anna.page.getByRole('button', { name: 'New folder' }).click();
  await anna.page.getByRole('dialog').getByLabel('Name').fill('Binder');
  await anna.page.getByRole('button', { name: 'Create folder' }).click();
  await anna.openItem('Bottle');
  await anna.detail.getByLabel(/^Counted in/).fill('5');
  await anna.detail.getByLabel(/^Counted in/).press('Enter');
  const link = await anna.share();
  await anna.isSynced();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await ben.openItem('Bottle');
  await expect(ben.detail.getByLabel(/^Counted in/)).toHaveValue('5');

  for (const person of [anna, ben]) await person.isInstalled();
  for (const person of [anna, ben]) await person.goOffline();
  await app.cut();

  await anna.type('Name', 'Green bottle');
  await anna.detail.getByRole('button', { name: /^One more/ }).click();
  await anna.detail.getByRole('button', { name: /^One more/ }).click();
  await anna.addTag('holo');
  await anna.openNotebook();
  await anna.notebookPage.pressSequentially('Anna was here. ');
  await anna.openItems();

  await ben.detail.getByLabel('Note', { exact: true }).fill('Half empty');
  await ben.detail.getByLabel('Note', { exact: true }).blur();
  await ben.detail.getByRole('button', { name: /^One less/ }).click();
  await ben.addTag('grail');
  await ben.addItem('Corkscrew');
  await ben.row('Crate').getByRole('checkbox').click({ force: true });
  await ben.page.getByRole('button', { name: 'Move…' }).click();
  await ben.page.getByRole('listbox', { name: 'Places' }).getByRole('option', { name: 'Binder' }).click();
  await ben.openNotebook();
  await ben.notebookPage.pressSequentially('Ben too.');
  await ben.openItems();

  for (const person of [anna, ben]) await expect(person.chip).toHaveText(/^Offline — \d+ changes? saved here$/);
  await app.mend();
  for (const person of [anna, ben]) await person.goOnline();
  for (const person of [anna, ben]) await person.isSynced();

  for (const person of [anna, ben]) {
    await person.openItem('Green bottle');
    await expect(person.detail.getByLabel(/^Counted in/)).toHaveValue('6');
    await expect(person.detail.getByLabel('Note', { exact: true })).toHaveValue('Half empty');
    for (const tag of ['holo', 'grail']) await expect(person.detail.getByRole('button', { name: `Remove tag ${tag}` })).toBeVisible();
    await expect(person.row('Corkscrew')).toBeVisible();
    await expect(person.row('Crate').getByText('Binder')).toBeVisible();
    await person.page.locator('.chip').click();
    await expect(person.page.getByRole('region', { name: 'Sync details' }).getByText('Waiting to be sent')).toBeVisible();
    await expect(person.page.getByRole('region', { name: 'Sync details' }).locator('dd').first()).toHaveText('0');
    await person.page.keyboard.press('Escape');
  }
  expect(await anna.exported()).toEqual(await ben.exported());

  for (const person of [anna, ben]) {
    await person.openNotebook();
    await expect(person.notebookPage).toContainText('Anna was here.');
    await expect(person.notebookPage).toContainText('Ben too.');
  }
});

test('[J3] a deleted folder comes back whole, with what somebody else changed in it meanwhile', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Attic');
  await anna.page.getByRole('button', { name: 'New folder' }).click();
  await anna.page.getByRole('dialog').getByLabel('Name').fill('Box');
  await anna.page.getByRole('button', { name: 'Create folder' }).click();
  await anna.page.getByRole('treeitem', { name: /^Box/ }).getByRole('link').click();
  await anna.addItem('Sledge');
  const link = await anna.share();
  await anna.isSynced();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await ben.openItem('Sledge');
  await ben.goOffline();

  await anna.page.getByRole('treeitem', { name: /^Box/ }).focus();
  await anna.page.keyboard.press('Delete');
  await expect(anna.page.getByText('“Box” with 1 item moved to Trash')).toBeVisible();
  await anna.isSynced();
  await ben.type('Series', 'Winter');
  await ben.goOnline();
  await ben.isSynced();
  await expect(ben.row('Sledge')).toHaveCount(0);

  await anna.page.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Trash' }).click();
  await anna.page.getByRole('checkbox', { name: /Box/ }).check();
  await anna.page.getByRole('button', { name: 'Restore', exact: true }).click();
  await anna.openItems();
  await anna.openItem('Sledge');
  await expect(anna.detail.getByLabel('Series')).toHaveValue('Winter');
  await app.mend();
});

test('[J4] who loses a clash over one field sees it there and in the sync panel, and can take it back', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Vinyl');
  await anna.addItem('Blue Train');
  await anna.openItem('Blue Train');
  const link = await anna.share();
  await anna.isSynced();
  const ben = await visit({ as: 'Ben' });
  await ben.join(link);
  await ben.openItem('Blue Train');
  for (const person of [anna, ben]) await person.goOffline();

  const valueOf = (person: typeof anna): Locator => person.detail.getByRole('textbox', { name: 'Value' });
  await valueOf(anna).fill('100');
  await valueOf(anna).press('Enter');
  await expect(anna.chip).toHaveText(/1 change saved here/);
  await valueOf(ben).fill('150');
  await valueOf(ben).press('Enter');
  await expect(ben.chip).toHaveText(/1 change saved here/);
  await anna.goOnline();
  await anna.isSynced();
  await ben.goOnline();
  await ben.isSynced();

  for (const person of [anna, ben]) await expect(valueOf(person)).toHaveValue('150.00');
  const note = anna.detail.getByRole('group', { name: 'Value was replaced' });
  await expect(note).toContainText(/Your .*100.* was replaced by .*150/);
  await expect(ben.detail.getByRole('group', { name: 'Value was replaced' })).toHaveCount(0);
  await anna.page.locator('.chip').click();
  const replaced = anna.page.getByRole('list', { name: 'Replaced by others' });
  await expect(replaced.getByRole('listitem')).toContainText('Blue Train · Value');
  await anna.page.keyboard.press('Escape');

  await note.getByRole('button', { name: 'Use mine' }).click();

  await expect(note).toHaveCount(0);
  for (const person of [anna, ben]) await expect(valueOf(person)).toHaveValue('100.00');
  await app.mend();
});
