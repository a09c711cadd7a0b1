import { expect, expectAccessible, test } from './fixture.ts';

test('[J47] account pages with no network say what is known here, and go on by themselves when there is one', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna' });
  const { page, person } = anna;
  await anna.makeCollection('Attic');
  const link = await anna.share();
  await anna.isSynced();
  await anna.isInstalled();
  await app.cut();
  await anna.goOffline();

  const away = page.getByRole('region', { name: 'Without the server' });
  for (const [path, needs] of [
    ['/account/security', 'Password, passkeys and the second factor are changed at the server.'],
    ['/account/my-data', 'The server makes the zip'],
    ['/account', 'what you use are asked of the server.'],
  ] as const) {
    await anna.open(path);
    await expect(away).toContainText('This device is offline');
    await expect(away).toContainText(`signed in as ${person.name}. Its collection works as always`);
    await expect(away).toContainText(needs);
  }
  await expectAccessible(page);
  const [backup] = await Promise.all([page.waitForEvent('download'), away.getByRole('button', { name: 'Download backup' }).click()]);
  expect(backup.suggestedFilename()).toMatch(/^cacaw-backup-/);
  await anna.open('/account/devices');
  await expect(away).toContainText('Where else you are signed in');
  await expect(page.getByRole('region', { name: 'Sign out' })).toBeVisible();
  await anna.open('/account');
  await expect(away).toBeVisible();
  await app.mend();
  await anna.goOnline();
  await expect(page.getByText(person.email)).toBeVisible();
  await expect(away).toHaveCount(0);

  const ben = await visit();
  await ben.open('/sign-in');
  await ben.isInstalled();
  await ben.goOffline();
  await ben.page.goto(link);
  await expect(ben.page.getByRole('heading', { name: 'An invite waits' })).toBeVisible();
  await ben.goOnline();
  await expect(ben.page.getByRole('heading', { name: 'Join “Attic”' })).toBeVisible();

  await ben.goOffline();
  await ben.open('/sign-in');
  await expect(ben.page.getByText('This device is offline, and this needs the server.')).toBeVisible();
  await ben.fillSignIn(person);
  await expect(ben.page.getByRole('alert')).toContainText('This device is offline.');
  await expectAccessible(ben.page);
  await ben.goOnline();
  await expect(ben.page).toHaveURL(/\/collections$/);
});
