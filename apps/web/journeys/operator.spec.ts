import { expect, expectAccessible, test } from './fixture.ts';
import { newPerson } from './person.ts';

// The first account of a server runs it.
test.use({ site: 'operator' });

test('[J29][J30] who runs the server gives tiers and invites; an owner reads what happened to their collection', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  const ben = await visit({ as: 'Ben' });
  await anna.open('/account');
  await anna.page.getByRole('link', { name: 'Operator' }).click();
  const accounts = anna.page.getByRole('region', { name: 'Accounts of this server' });
  await expect(accounts.getByRole('listitem')).toHaveCount(2);
  await expectAccessible(anna.page);
  const tier = accounts.getByLabel(`Tier of ${ben.person.name}`, { exact: true });
  await expect(tier.getByRole('option')).toHaveText(['free', 'plus', 'unlimited']);
  await tier.selectOption('plus');
  await expect(accounts.getByRole('listitem').filter({ hasText: ben.person.name })).toContainText('20 GB');
  await ben.open('/account');
  await expect(ben.page.getByText('Your tier is plus')).toBeVisible();
  await accounts.getByRole('button', { name: 'Take operator away' }).click();
  await expect(accounts.getByRole('alert')).toContainText('The last operator stays one.');
  const friend = newPerson('Cleo');
  await anna.page.getByLabel('Their e-mail').fill(friend.email);
  await anna.page.getByRole('button', { name: 'Send' }).click();
  await expect(anna.page.getByText(`what it wrote to ${friend.email} lies on its mail page`)).toBeVisible();
  const { link } = await app.mailbox.next(friend.email);
  const cleo = await visit();
  await cleo.page.goto(link);
  await expect(cleo.page).not.toHaveURL(/#/);
  await cleo.signUp(friend, { isOnForm: true });

  await ben.open('/account/operator');
  await expect(ben.page.getByRole('alert')).toBeVisible();
  await expect(ben.page.getByRole('listitem')).toHaveCount(0);

  await anna.makeCollection('Vault');
  await ben.join(await anna.share());
  await anna.page.getByRole('button', { name: 'More', exact: true }).click();
  await anna.page.getByRole('link', { name: 'Audit log' }).click();
  await expect(anna.page).toHaveURL(/\/audit$/);
  // What happened is written in the background, and a page shows what was written when it was opened.
  await expect(async () => {
    await anna.page.reload();
    await expect(anna.page.getByRole('row', { name: new RegExp(`${anna.person.name} made an invite`) })).toBeVisible({ timeout: 2_000 });
  }).toPass();
  await expectAccessible(anna.page);
});

test('[J46] the only operator is told what leaving means, hands the server on, or leaves it only by saying so', async ({ visit, app }) => {
  const dora = await visit({ as: 'Dora' });
  const erik = await visit({ as: 'Erik' });
  const { page } = dora;
  const { accountId } = (await (await page.request.get(`${dora.origin}/api/account`)).json()) as { accountId: string };
  const onlyDora = `update profiles set is_operator = (account = '${accountId}')`;
  await app.bySql(onlyDora);
  const openDeleting = async (): Promise<void> => {
    await dora.open('/account/my-data');
    await page.getByRole('button', { name: 'Delete account…' }).click();
    await expect(page.getByLabel('Type your e-mail to confirm')).toBeVisible();
  };
  const told = page.getByRole('group', { name: 'You run this server' });
  await openDeleting();
  await expect(told).toContainText('Nobody else runs this server.');
  await expectAccessible(page);

  await told.getByRole('link', { name: 'operator' }).click();
  const line = page.getByRole('listitem').filter({ hasText: erik.person.name });
  await line.getByRole('button', { name: 'Make operator' }).click();
  await expect(line).toContainText('operator');
  await openDeleting();
  await expect(told).toHaveCount(0);
  await app.bySql(onlyDora);
  await page.getByLabel('Type your e-mail to confirm').fill(dora.person.email);
  await page.getByRole('textbox', { name: 'Your password' }).fill(dora.person.password);
  await page.getByRole('button', { name: 'Delete my account for good' }).click();
  await expect(page.getByRole('alert')).toContainText('You are the only operator');
  await told.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Delete my account for good' }).click();
  await expect(page.getByText('Your account is deleted, and nothing of it is left on this device.')).toBeVisible();
});
