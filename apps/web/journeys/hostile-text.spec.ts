import type { Page } from '@playwright/test';
import { expect, test } from './fixture.ts';
import { hostile, hostileArchive, hostileTable } from './hostile-collection.ts';
import type { Person } from './person.ts';
import { unzipped } from './unzip.ts';
import type { Visitor } from './visitor.ts';

/** What ran that should not have, or was kept from running by the page's policy alone. */
async function watch({ page }: Visitor): Promise<readonly string[]> {
  const ran: string[] = [];
  await page.context().exposeFunction('canary', (what: unknown) => void ran.push(String(what)));
  await page.context().addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      (window as unknown as { canary: (what: string) => void }).canary(`${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  page.on('dialog', (dialog) => {
    ran.push(dialog.message());
    void dialog.dismiss();
  });
  return ran;
}

const elements = 'img[src=x], iframe, svg[onload], [onerror], [onmouseover], [onclick], a[href^=javascript], b, u';

/** Nothing of the text became part of the page, makes it wider than its window or pushes anything one can use out of it. */
async function expectHarmless(page: Page, where: string): Promise<void> {
  await expect(page.locator(elements), where).toHaveCount(0);
  const outside = await page.evaluate(() =>
    [document.documentElement, ...document.querySelectorAll('button, input, select, textarea, a')]
      .filter((one) => one.checkVisibility() && one.closest('.scroller') === null)
      .filter((one) => Math.max(one.getBoundingClientRect().right, one === document.documentElement ? one.scrollWidth : 0) > innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 100)),
  );
  expect(outside, `${where}: out of the window`).toEqual([]);
}

/** Cells of a table as a spreadsheet takes them apart. */
const cellsOf = (csv: string): readonly string[] =>
  [...csv.matchAll(/"((?:[^"]|"")*)"|[^,\r\n]+/g)].map(([cell, quoted]) => quoted?.replaceAll('""', '"') ?? cell);

const somebody = (name: string): Person => ({ name, email: `${name.slice(2)}@people.example`, password: `${name} means no good at all` });

/** Somebody who means no good has signed up and brought their collection. */
async function bring(anna: Visitor, person: Person): Promise<string> {
  const { page } = anna;
  await anna.signUp(person);
  await page.goto(`${anna.origin}/import`);
  await page
    .locator('input[type=file]')
    .setInputFiles({ name: 'cacaw-my-data.zip', mimeType: 'application/zip', buffer: hostileArchive() });
  await expect(page.getByRole('heading', { name: hostile.collection, level: 1 })).toBeVisible({ timeout: 30_000 });
  return new URL(page.url()).pathname;
}

async function readItems(visitor: Visitor): Promise<void> {
  await expect(visitor.row(hostile.longName)).toBeVisible();
  await expectHarmless(visitor.page, 'the list');
  await visitor.openItem(hostile.name);
  await expect(visitor.detail.getByLabel('Note', { exact: true })).toHaveValue(hostile.note);
  await expect(visitor.detail.getByLabel(hostile.field, { exact: true })).toHaveValue(hostile.url);
  await expect(visitor.detail).toContainText(hostile.tag);
  await expectHarmless(visitor.page, 'the detail');
}

async function readNotebook(visitor: Visitor, pathname: string): Promise<void> {
  await visitor.open(`${pathname}/notebook`);
  await expect(visitor.notebookPage).toContainText('[a](javascript:canary(4))');
  await expect.poll(() => visitor.notebookPage.evaluate((element) => element.textContent?.length ?? 0)).toBeGreaterThan(1_000_000);
  await expect(visitor.page.locator('[href^=javascript], [onmouseover]')).toHaveCount(0);
}

test('[J60] HTML, Markdown, formulas, links that run and a line of a megabyte are text on every screen, on a phone too', async ({
  visit,
}) => {
  test.setTimeout(150_000);
  const anna = await visit();
  const ran = await watch(anna);
  const person = somebody('--cmd.exe-1');
  const pathname = await bring(anna, person);
  await readItems(anna);
  await readNotebook(anna, pathname);
  await anna.open(pathname);
  await anna.isSynced();

  const phone = await visit({ phone: true });
  const ranOnPhone = await watch(phone);
  await phone.signIn(person);
  await phone.open(pathname);
  await readItems(phone);
  for (const path of [pathname, `${pathname}?pane=folders`, `${pathname}/audit`, '/collections']) {
    await phone.open(path);
    const { page } = phone;
    const shown = path.endsWith('audit') ? page.getByRole('cell', { name: person.name }) : page.getByText(/onerror|onload|canary/);
    await expect(shown.first()).toBeVisible();
    await expectHarmless(phone.page, path);
  }
  await readNotebook(phone, pathname);
  await expectHarmless(phone.page, 'the notebook');

  expect([ran, ranOnPhone], 'what ran').toEqual([[], []]);
});

test('[J60] they are text to whoever is invited, in the mail, in a table and in what is downloaded', async ({ visit, app }) => {
  test.setTimeout(120_000);
  const anna = await visit();
  const ran = await watch(anna);
  const { page } = anna;
  const person = somebody('--cmd.exe-2');
  await bring(anna, person);
  const link = await anna.share({ role: 'viewer', guests: true });
  await anna.openSharing();
  await anna.shareDialog.getByLabel('E-mail of whom you invite').fill('ben@people.example');
  await anna.shareDialog.getByRole('button', { name: 'Send' }).click();
  await expect(anna.shareDialog.getByText('what it wrote to ben@people.example lies on its mail page')).toBeVisible();
  expect((await app.mailbox.next('ben@people.example')).text).toContain(hostile.collection);

  const guest = await visit({ phone: true });
  const ranAtGuest = await watch(guest);
  await guest.lookAround(link, '<img src=x onerror=canary(9)>');
  await expect(guest.row(hostile.longName)).toBeVisible();
  await expectHarmless(guest.page, 'the list of a guest');
  await expect(anna.page.getByRole('listitem', { name: '<img src=x onerror=canary(9)>' })).toBeVisible();
  await expect(anna.shareDialog.getByRole('list', { name: 'Members' })).toContainText(person.name);
  await expectHarmless(page, 'the share dialog');
  await anna.closeDialog();

  await page.goto(`${anna.origin}/mail`);
  await page.getByRole('link', { name: 'shares a collection with you' }).first().click();
  const letter = page.frameLocator('iframe');
  await expect(letter.getByText(hostile.collection).first()).toBeVisible();
  await expect(letter.locator('img[src=x], script, b, u')).toHaveCount(0);

  await page.goto(`${anna.origin}/import`);
  await page.locator('input[type=file]').setInputFiles({ name: '<b>x.csv', mimeType: 'text/csv', buffer: hostileTable() });
  await page.getByRole('button', { name: 'Show what will happen' }).click();
  await expect(page.getByLabel('What will happen')).toContainText('1 error');
  await expectHarmless(page, 'the import');

  await page.goto(`${anna.origin}/account/my-data`);
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Download my data' }).click();
  const files = unzipped(await (await downloading).path());
  const textOf = (end: string): string => [...files].find(([path]) => path.endsWith(end))?.[1].toString() ?? '';
  const cells = cellsOf(textOf('/items.csv'));
  for (const text of [hostile.name, hostile.field, '=1+1']) expect(cells).toContain(`'${text}`);
  expect(cells.filter((cell) => /^[=+@-]/.test(cell) && !/^-?[\d.]+$/.test(cell))).toEqual([]);
  expect(textOf('/collection.json')).toContain(JSON.stringify(hostile.note).slice(1, -1));

  expect([ran, ranAtGuest], 'what ran').toEqual([[], []]);
  // Markup that did become part of the page would have been heard.
  await page.evaluate(() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=canary(0)>'));
  await expect.poll(() => ran.length).toBeGreaterThan(0);
});
