import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import type { RunningApp } from './running-app.ts';

/** One person at one browser, doing what people do. Everything is found by what is read or announced. */
export class Visitor {
  readonly page: Page;
  readonly #app: RunningApp;

  constructor(page: Page, app: RunningApp) {
    this.page = page;
    this.#app = app;
  }

  get origin(): string {
    return this.#app.origin;
  }

  get chip(): Locator {
    return this.page.locator('.chip [role=status]');
  }

  get detail(): Locator {
    return this.page.getByRole('region', { name: /^Item / });
  }

  get avatars(): Locator {
    return this.page.getByRole('list', { name: 'People here' }).getByRole('listitem');
  }

  async open(path = '/'): Promise<void> {
    await this.page.goto(`${this.#app.origin}${path}`);
  }

  /** The same app under an address that is not secure. */
  async openInsecure(): Promise<void> {
    await this.page.goto(this.#app.origin.replace('127.0.0.1', 'cacaw.test'));
  }

  async makeCollection(name: string, type = 'household'): Promise<void> {
    await this.open('/');
    await this.page.getByRole('button', { name: 'New collection' }).click();
    await this.page.getByLabel('Name').fill(name);
    await this.page.getByLabel('What is in it').selectOption(type);
    await this.page.getByRole('button', { name: 'Create collection' }).click();
    await expect(this.page.getByRole('heading', { name, level: 1 })).toBeVisible();
  }

  async addItem(name: string): Promise<void> {
    const adder = this.page.getByLabel(/^Add an item/);
    await adder.fill(name);
    await adder.press('Enter');
    await expect(adder).toHaveValue('');
    await expect(this.row(name)).toBeVisible();
  }

  row(name: string): Locator {
    return this.page
      .getByRole('grid', { name: 'Items' })
      .getByRole('row')
      .filter({ has: this.page.getByText(name, { exact: true }) });
  }

  async openItem(name: string): Promise<void> {
    await this.row(name).getByText(name, { exact: true }).click();
    await expect(this.page.getByRole('region', { name: `Item ${name}` })).toBeVisible();
  }

  /** Types into a field of the open item and leaves it with Enter. */
  async type(label: string, text: string): Promise<void> {
    const field = this.detail.getByLabel(label, { exact: true });
    await field.fill(text);
    await field.press('Enter');
  }

  /** Shares the collection on screen and returns its link. */
  async share(name: string): Promise<string> {
    await this.page.getByRole('button', { name: 'Share', exact: true }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(/^Your name/).fill(name);
    await dialog.getByRole('button', { name: 'Turn sync on' }).click();
    const link = await dialog.getByLabel('Link to this collection').inputValue();
    await this.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
    return link;
  }

  async nameMyself(name: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Share', exact: true }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel(/^Your name/).fill(name);
    await dialog.getByLabel(/^Your name/).press('Enter');
    await this.page.keyboard.press('Escape');
    await expect(dialog).toBeHidden();
  }

  get notebookPage(): Locator {
    return this.page.getByRole('textbox', { name: 'Notebook page' });
  }

  async openNotebook(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Notebook' }).click();
    await expect(this.notebookPage).toBeVisible();
  }

  async openItems(): Promise<void> {
    await this.page.getByRole('navigation', { name: 'Collection' }).getByRole('link', { name: 'Items' }).click();
  }

  async addTag(tag: string): Promise<void> {
    await this.detail.getByLabel('Add a tag').fill(tag);
    await this.detail.getByLabel('Add a tag').press('Enter');
    await expect(this.detail.getByRole('button', { name: `Remove tag ${tag}` })).toBeVisible();
  }

  /** Everything of the collection on screen as this device has it, without what only this device knows. */
  async exported(): Promise<unknown> {
    await this.page.getByRole('button', { name: 'More', exact: true }).click();
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.page.getByRole('button', { name: 'Download backup' }).click(),
    ]);
    const backup = JSON.parse(await readFile(await download.path(), 'utf8')) as {
      collections: { folders: unknown[]; items: { id: string }[] }[];
    };
    return backup.collections.map(({ folders, items }) => ({
      folders,
      items: items.toSorted((one, other) => (one.id < other.id ? -1 : 1)),
    }));
  }

  async isSynced(): Promise<void> {
    await expect(this.chip).toHaveText(/^Synced/);
  }

  /** From here on the app needs no server: everything of it is on this device, and nothing hangs on what the browser happens to cache. */
  async isInstalled(): Promise<void> {
    await expect.poll(() => this.page.evaluate(() => navigator.serviceWorker.controller !== null), { timeout: 30_000 }).toBe(true);
    const browser = await this.page.context().newCDPSession(this.page);
    await browser.send('Network.clearBrowserCache');
    await browser.detach();
  }

  /** Cut off as a browser knows it; `RunningApp.cut` takes the open sockets as well. */
  async goOffline(): Promise<void> {
    await this.page.context().setOffline(true);
  }

  async goOnline(): Promise<void> {
    await this.page.context().setOffline(false);
  }
}
