import AxeBuilder from '@axe-core/playwright';
import { expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { newPerson } from './person.ts';
import { startApp, type RunningApp } from './running-app.ts';
import { Visitor } from './visitor.ts';

interface Journey {
  /** Opens a browser of its own storage; everything of it is closed after the test. */
  readonly visit: (options?: VisitOptions) => Promise<Visitor>;
}

interface Site {
  /** Journeys that name a site of their own begin with an app nobody has used. */
  readonly site: string;
  readonly app: RunningApp;
}

interface VisitOptions {
  readonly phone?: boolean;
  /** Signs up first, under a name like this. */
  readonly as?: string;
  /** Makes a collection called so then, which the server has before the journey begins. */
  readonly collection?: string;
}

export const test: ReturnType<typeof base.extend<Journey, Site>> = base.extend<Journey, Site>({
  site: ['shared', { option: true, scope: 'worker' }],
  app: [
    // Named only so that another site is another app.
    async ({ site: _site }, use) => {
      const app = await startApp();
      await use(app);
      await app.stop();
    },
    { scope: 'worker', timeout: 180_000 },
  ],
  visit: async ({ browser, app }, use) => {
    const contexts: BrowserContext[] = [];
    const faults: string[] = [];
    await app.mend();
    app.moveAway();
    await use(async ({ phone = false, as, collection } = {}) => {
      const size = phone ? { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } : {};
      const context = await browser.newContext({ ...size, locale: 'en-GB', permissions: ['clipboard-read', 'clipboard-write'] });
      contexts.push(context);
      const page = await context.newPage();
      page.on('pageerror', (error) => faults.push(error.stack || error.message));
      const visitor = new Visitor(page, app);
      if (as !== undefined) await visitor.signUp(newPerson(as));
      if (collection !== undefined) {
        await visitor.makeCollection(collection);
        await visitor.isSynced();
      }
      return visitor;
    });
    for (const context of contexts) await context.close();
    expect(faults, 'no error may escape to the page').toEqual([]);
  },
});

/** Fails with every accessibility violation of what is on screen, once a screen is: before that there is nothing to judge. */
export async function expectAccessible(page: Page): Promise<void> {
  for (const part of ['main', 'h1']) await expect(page.locator(part).first(), 'every screen has both').toBeAttached();
  const { violations } = await new AxeBuilder({ page }).analyze();
  const told = violations.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.map((node) => node.html.slice(0, 160)).join('\n  ')}`);
  expect(told, 'accessibility violations').toEqual([]);
}

export { expect };
