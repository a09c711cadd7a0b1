import { randomUUID } from 'node:crypto';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, expectAccessible, test } from './fixture.ts';

// The server is updated for everybody on it.
test.use({ site: 'new-version' });

/** The same app as another build: it is called `name` and says so. */
function buildCalled(name: string): string {
  const first = resolve(import.meta.dirname, '../build');
  const next = mkdtempSync(join(tmpdir(), 'cacaw-next-build-'));
  cpSync(first, next, { recursive: true });
  const { version } = JSON.parse(readFileSync(join(first, '_app/version.json'), 'utf8')) as { version: string };
  for (const file of ['_app/version.json', 'service-worker.js'])
    writeFileSync(join(next, file), readFileSync(join(next, file), 'utf8').replaceAll(version, name));
  const shell = join(next, '200.html');
  writeFileSync(shell, readFileSync(shell, 'utf8').replace('<html', `<html data-build="${name}"`));
  return next;
}

test('[J48] an open tab says that a new version is ready, and loads it with every edit kept, without the server too', async ({
  visit,
  app,
}) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Attic');
  await anna.addItem('Lamp');
  await anna.isInstalled();
  const insecure = await visit();
  await insecure.openInsecure();
  await expect(insecure.page.getByRole('heading', { level: 1 })).toBeVisible();
  // Another one each time: the server goes on with it.
  const name = randomUUID();
  const build = buildCalled(name);
  await app.updateTo(build);

  const bar = page.getByRole('status').filter({ hasText: 'A new version is ready.' });
  await anna.goOffline();
  await anna.goOnline();
  await expect(bar).toBeVisible({ timeout: 30_000 });
  await expectAccessible(page);
  await insecure.page.mouse.move(10, 10, { steps: 2 });
  await expect(insecure.page.getByText('A new version is ready.')).toBeVisible();

  const other = await page.context().newPage();
  await other.goto(page.url());
  await expect(other.getByText('Lamp')).toBeVisible();
  await bar.getByRole('button', { name: 'Reload' }).click();
  await expect(bar).toContainText('Cacaw is open in another tab too.');
  await other.close();

  await app.cut();
  await anna.goOffline();
  await anna.openItem('Lamp');
  await anna.detail.getByLabel('Series', { exact: true }).fill('Typed last');
  await bar.getByRole('button', { name: 'Reload' }).click();
  await expect(page.locator('html')).toHaveAttribute('data-build', name);
  await expect(anna.detail.getByLabel('Series', { exact: true })).toHaveValue('Typed last');
  await expect(page.getByText('A new version is ready.')).toHaveCount(0);
  rmSync(build, { recursive: true, force: true });
});
