import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { browserArgs, findBrowser } from '../../../../scripts/browser.ts';
import type { Bench } from '../browser/page.ts';

/** One browser profile on disk: what a person's browser keeps between visits. */
export interface Profile extends Disposable {
  readonly folder: string;
}

/** An empty profile, deleted when disposed. */
export function createProfile(): Profile {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw-bench-profile-'));
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** A page of the bench in a browser process of its own. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly version: string;
  /** Opens the page again in the same browser: everything of the page is new, the browser itself is warm. */
  again(): Promise<void>;
  call<Name extends keyof Bench>(name: Name, ...args: Parameters<Bench[Name]>): Promise<Awaited<ReturnType<Bench[Name]>>>;
}

const executablePath = await findBrowser();

/** Starts a browser on a profile and opens the bench's page. */
export async function visit(profile: Profile, origin: string): Promise<Visit> {
  const context = await chromium.launchPersistentContext(profile.folder, { executablePath, args: [...browserArgs], headless: true });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(0);
  page.on('console', (message) => message.type() === 'error' && console.error(`[page] ${message.text()}`));
  page.on('pageerror', (error) => console.error(`[page] ${error.stack ?? error.message}`));
  await page.goto(origin);
  return {
    page,
    context,
    version: context.browser()?.version() ?? 'unknown',
    again: async () => void (await page.goto(origin)),
    call: (name, ...args) => page.evaluate(callBench, [name, args] as const) as never,
    [Symbol.asyncDispose]: () => context.close(),
  };

  function callBench([method, given]: readonly [method: string, given: readonly unknown[]]): Promise<never> {
    const { bench } = globalThis as unknown as {
      readonly bench: { readonly [name: string]: (...rest: readonly unknown[]) => Promise<never> };
    };
    return (bench[method] as (...rest: readonly unknown[]) => Promise<never>)(...given);
  }
}
