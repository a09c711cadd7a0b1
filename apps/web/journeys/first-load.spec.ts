import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { BrowserContext } from '@playwright/test';
import { expect, test } from './fixture.ts';

const build = resolve(import.meta.dirname, '../build');
const limit = 150_000;

/**
 * Follows every script that the pages and workers of a browser ask for from now on, from whatever cache it is answered. What the
 * service worker lays by is not counted, itself it is.
 */
function followScripts(context: BrowserContext): { readonly bytes: number } {
  const paths = new Set(['/service-worker.js']);
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (request.serviceWorker() === null && pathname.endsWith('.js')) paths.add(pathname);
  });
  return {
    get bytes() {
      // No engine writes with fewer: the worker's own requests would be missing.
      expect([...paths].filter((path) => path.includes('/workers/')).length, [...paths].join('\n')).toBeGreaterThan(2);
      return [...paths].reduce((sum, path) => sum + gzipSync(readFileSync(join(build, path)), { level: 9 }).length, 0);
    },
  };
}

test('[W41] nobody loads more than 150 kB of script before they do something, new or returning, shared or not', async ({ visit }) => {
  const ben = await visit();
  const toStart = followScripts(ben.page.context());
  await ben.open('/');
  await expect(ben.page.getByRole('button', { name: 'New collection' })).toBeVisible();
  // As browsers do where a pointer lies still and the page under it moves.
  await ben.page.evaluate(() => dispatchEvent(new PointerEvent('pointermove')));
  await ben.page.waitForLoadState('networkidle');
  expect(toStart.bytes, 'a new visitor at /').toBeLessThanOrEqual(limit);

  const carl = await visit();
  await carl.makeCollection('Attic');
  await carl.addItem('Sledge');
  await carl.isInstalled();
  const toLocal = followScripts(carl.page.context());
  await carl.page.reload();
  await expect(carl.row('Sledge')).toBeVisible();
  await carl.page.waitForLoadState('networkidle');
  expect(toLocal.bytes, 'a returning visitor at a collection of this device').toBeLessThanOrEqual(limit);

  const anna = await visit({ as: 'Anna' });
  await anna.makeCollection('Workshop');
  await anna.addItem('Vise');
  await anna.share();
  await anna.openNotebook();
  await anna.notebookPage.pressSequentially('Sharpen');
  await anna.openItems();
  await anna.isSynced();
  const toShared = followScripts(anna.page.context());
  await anna.page.reload();
  await expect(anna.row('Vise')).toBeVisible();
  await anna.isSynced();
  await anna.page.waitForLoadState('networkidle');
  expect(toShared.bytes, 'a returning visitor at a shared collection whose notebook is kept').toBeLessThanOrEqual(limit);

  const other = await visit();
  await other.signIn(anna.person);
  // The page signing in leads to may still be fetching its own.
  await other.page.goto('about:blank');
  const toNew = followScripts(other.page.context());
  await other.page.goto(anna.page.url());
  await expect(other.row('Vise')).toBeVisible();
  await other.isSynced();
  await other.page.waitForLoadState('networkidle');
  expect(toNew.bytes, 'a device that has just been signed in on, at a shared collection').toBeLessThanOrEqual(limit);
});
