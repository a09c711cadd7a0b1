import { readFile } from 'node:fs/promises';
import { expect, type Locator, type Page } from '@playwright/test';
import type { Person } from './person.ts';
import type { RunningApp } from './running-app.ts';

interface ShareTerms {
  readonly role?: 'editor' | 'viewer';
  readonly guests?: boolean;
  readonly uses?: '' | '1' | '5' | '25';
}

/** One person at one browser, doing what people do. Everything is found by what is read or announced. */
export class Visitor {
  readonly page: Page;
  readonly #app: RunningApp;
  #person: Person | undefined;

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
    await this.page.goto(this.#app.origin.replace('localhost', 'cacaw.test'));
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

  get rows(): Locator {
    return this.page.getByRole('grid', { name: 'Items' }).getByRole('row');
  }

  row(name: string): Locator {
    return this.rows.filter({ has: this.page.getByText(name, { exact: true }) });
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

  /** Fills in the form on screen; what comes next is the caller's. */
  async fillSignUp({ email, name, password }: Person): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Username').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Create account' }).click();
  }

  /** Signs up on this browser, with the mail opened in another tab of it. */
  async signUp(person: Person, { isOnForm = false }: { readonly isOnForm?: boolean } = {}): Promise<void> {
    this.#person = person;
    if (!isOnForm) await this.open('/sign-up');
    await this.fillSignUp(person);
    await this.confirmMail();
  }

  /** Opens the link of the mail in another tab; the page that waits for it goes on by itself. */
  async confirmMail(): Promise<void> {
    await expect(this.page.getByRole('heading', { name: 'Check your mail' })).toBeVisible();
    const { link } = await this.#app.mailbox.next(this.person.email);
    const other = await this.page.context().newPage();
    await other.goto(link);
    await expect(other.getByRole('heading', { name: 'Your address is confirmed' })).toBeVisible();
    await expect(this.page).not.toHaveURL(/check-mail/);
    await other.close();
  }

  /** Fills in the form on screen; what comes next is the caller's. */
  async fillSignIn({ email, password }: Pick<Person, 'email' | 'password'>): Promise<void> {
    await this.page.getByLabel('E-mail').fill(email);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.getByRole('button', { name: 'Sign in', exact: true }).click();
  }

  async signIn(person: Person): Promise<void> {
    this.#person = person;
    await this.open('/sign-in');
    await this.fillSignIn(person);
    await expect(this.page).not.toHaveURL(/sign-in/);
  }

  async signOut(copy: 'keep' | 'wipe'): Promise<void> {
    await this.open('/account/devices');
    const panel = this.page.getByRole('region', { name: 'Sign out' });
    await panel.getByRole('button', { name: 'Sign out…' }).click();
    await panel.getByRole('button', { name: copy === 'keep' ? 'Keep the copy, locked' : 'Wipe the copy' }).click();
    await expect(this.page).toHaveURL(/\/collections/);
  }

  /** Says on the page of devices what this one does with the network. */
  async chooseNetwork(mode: 'Sync' | 'This device only'): Promise<void> {
    await this.open('/account/devices');
    const choice = this.page.getByRole('radio', { name: new RegExp(`^${mode}`) });
    await choice.check();
    await expect(choice).toBeChecked();
    await expect(choice).toBeEnabled();
  }

  get person(): Person {
    if (!this.#person) throw new Error('Nobody has signed up or in on this browser.');
    return this.#person;
  }

  get shareDialog(): Locator {
    return this.page.getByRole('dialog', { name: /^Share / });
  }

  async openSharing(): Promise<void> {
    await this.page.getByRole('button', { name: 'Share', exact: true }).click();
    await expect(this.shareDialog).toBeVisible();
  }

  async closeDialog(): Promise<void> {
    await this.page.keyboard.press('Escape');
    await expect(this.page.getByRole('dialog')).toBeHidden();
  }

  /** Shares the collection on screen and returns a link that lets people in. */
  async share({ role = 'editor', guests = false, uses = '' }: ShareTerms = {}): Promise<string> {
    await this.openSharing();
    await this.shareDialog.getByLabel('They come in as').selectOption(role);
    await this.shareDialog.getByLabel('It lets in').selectOption(uses);
    if (guests) await this.shareDialog.getByLabel('Looking needs no account').check();
    await this.shareDialog.getByRole('button', { name: 'Make a link' }).click();
    const link = await this.shareDialog.getByLabel('Invite link').inputValue();
    await this.closeDialog();
    return link;
  }

  /** Opens an invite and looks by it, without an account. */
  async lookAround(link: string, name: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByLabel('Or look as a guest, called').fill(name);
    await this.page.getByRole('button', { name: 'Look without an account' }).click();
    await expect(this.page).toHaveURL(/\/c\//);
  }

  /** Opens an invite and comes in by it. */
  async join(link: string): Promise<void> {
    await this.page.goto(link);
    await this.page.getByRole('button', { name: /^Join/ }).click();
    await expect(this.page).toHaveURL(/\/c\//);
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
    // The list is there before anything else is asked of the page: a reload in between would come back to where it was.
    await expect(this.page).toHaveURL(/\/c\/\w+$/);
    await expect(this.page.getByRole('grid', { name: 'Items' })).toBeVisible();
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
