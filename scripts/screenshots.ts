// `pnpm screenshots`: the pictures of the README, taken from the running app with its demo collection.
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium, type BrowserContextOptions, type Page } from 'playwright-core';
import { browserArgs, findBrowser } from './browser.ts';
import { openShelfReview } from './pictures/shelf-review.ts';
import { startApp, untilGone } from './started-app.ts';

const pictures = resolve(import.meta.dirname, '../docs/images');
const desktop = { viewport: { width: 1280, height: 800 } };

const shots: readonly { readonly name: string; readonly context: BrowserContextOptions; readonly open: (page: Page) => Promise<void> }[] = [
  { name: 'start', context: desktop, open: async () => undefined },
  { name: 'desktop', context: desktop, open: openItem },
  { name: 'desktop-dark', context: { ...desktop, colorScheme: 'dark' }, open: openItem },
  { name: 'review', context: desktop, open: (page) => openShelfReview(page, openDemo) },
  { name: 'phone', context: { viewport: { width: 390, height: 844 }, hasTouch: true }, open: openDemo },
];

async function openDemo(page: Page): Promise<void> {
  await page.getByRole('button', { name: /demo/i }).first().click();
  await page.getByText('Abbey Road (LP)').first().waitFor();
}

async function openItem(page: Page): Promise<void> {
  await openDemo(page);
  await page.getByText('Abbey Road (LP)').first().click();
  await page.getByRole('textbox', { name: 'Series' }).waitFor();
}

const data = mkdtempSync(join(tmpdir(), 'cacaw-screenshots-'));
chmodSync(data, 0o755);
mkdirSync(pictures, { recursive: true });
const app = await startApp({ DATA_DIR: data, PORT: '0' });
try {
  const browser = await chromium.launch({ executablePath: await findBrowser(), args: [...browserArgs] });
  for (const { name, context, open } of shots) {
    const visit = await browser.newContext({ baseURL: app.address, reducedMotion: 'reduce', ...context });
    const page = await visit.newPage();
    await page.goto(app.address);
    await page.getByRole('button', { name: /demo/i }).first().waitFor();
    await open(page);
    await page.screenshot({ path: join(pictures, `${name}.png`) });
    await visit.close();
    console.log(`docs/images/${name}.png`);
  }
  await browser.close();
} finally {
  const tree = app.tree();
  app.npm.kill('SIGTERM');
  await untilGone(tree);
  rmSync(data, { recursive: true, force: true });
}
