import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import type { PickedFile } from './picture.ts';
import type { Visitor } from './visitor.ts';

/** Photos that are to become items, above the list. */
export const looks = (page: Page): Locator => page.getByRole('region', { name: 'Photos to become items' });

/** One proposal of the review on screen. */
export const proposal = (page: Page, name: string | RegExp): Locator => page.getByRole('group', { name });

/** Photographs a shelf by choosing pictures of it. */
export async function photograph({ page }: Visitor, ...files: readonly PickedFile[]): Promise<void> {
  await page
    .getByRole('button', { name: /^(Photograph a shelf|Capture)$/ })
    .first()
    .click();
  const dialog = page.getByRole('dialog', { name: 'Photograph a shelf' });
  await dialog.getByLabel('Choose photos').setInputFiles(files);
  await expect(dialog).toBeHidden();
}

/** Waits for proposals and opens them. */
export async function openReview({ page }: Visitor, told: string | RegExp): Promise<void> {
  await expect(looks(page).getByText(told)).toBeVisible({ timeout: 20_000 });
  await looks(page).getByRole('button', { name: 'Review', exact: true }).click();
  await expect(page).toHaveURL(/\/review\//);
}

/** Chooses among what else can be done with a photo, where that is offered. */
export async function chooseAct(where: Locator, act: string): Promise<void> {
  await where.getByRole('button', { name: /^What else can be done/ }).click();
  await where.page().getByRole('button', { name: act }).click();
}

/** Opens what the collection on screen is called and does, with the box that lets it learn. */
export async function openCollectionSettings({ page }: Visitor): Promise<void> {
  await page.getByRole('button', { name: 'More', exact: true }).first().click();
  await page.getByRole('button', { name: 'Name, currency and learning' }).click();
}

/** What the server keeps of what was decided in the collection on screen; asked also once another page is. */
export function learningOf({ page, origin }: Visitor): () => Promise<unknown> {
  const collection = /\/c\/(\w{22})/.exec(page.url())?.[1] ?? '';
  return async () => (await page.request.get(`${origin}/api/collections/${collection}/learning`)).json();
}

/** Asks the server so often about a photo nobody has: each counts against what an account may ask in a quarter of an hour, none is paid for. */
export async function useUpDetections({ page, origin }: Visitor, times: number): Promise<void> {
  const { request } = page;
  const { token } = (await (await request.get(`${origin}/api/auth/token`)).json()) as { readonly token: string };
  const data = { collectionType: 'household', collection: 'a'.repeat(22), photo: 'a'.repeat(64) };
  for (let asked = 0; asked < times; asked++) {
    const answer = await request.post(`${origin}/api/detect`, { headers: { authorization: `Bearer ${token}` }, data });
    expect(answer.status(), await answer.text()).toBe(404);
  }
}

/** Has a browser find another server where it asks for this one; nothing leaves the machine. */
export async function throughTo(context: BrowserContext, address: string, server: string): Promise<void> {
  const allowed = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' };
  await context.route(`${address}/**`, async (route) => {
    const request = route.request();
    if (request.method() === 'OPTIONS') return route.fulfill({ status: 204, headers: allowed });
    const { pathname } = new URL(request.url());
    const { 'content-type': type = '', 'x-goog-api-key': key = '' } = request.headers();
    const body = new Uint8Array(request.postDataBuffer() ?? []);
    const answer = await fetch(`${server}${pathname}`, {
      method: request.method(),
      headers: { 'content-type': type, 'x-goog-api-key': key },
      body,
    });
    const headers = { ...allowed, 'content-type': answer.headers.get('content-type') ?? '' };
    return route.fulfill({ status: answer.status, headers, body: Buffer.from(await answer.arrayBuffer()) });
  });
}

/** A picture with a title and a smaller line on it, drawn by the browser. */
export async function labelled(context: BrowserContext, title: string, line: string): Promise<PickedFile> {
  const page = await context.newPage();
  await page.setViewportSize({ width: 800, height: 500 });
  const style = 'margin: 60px; font-family: sans-serif; background: #fff; color: #111';
  await page.setContent(`<body style="${style}"><h1 style="font-size: 90px">${title}</h1><p style="font-size: 36px">${line}</p></body>`);
  const buffer = await page.screenshot();
  await page.close();
  return { name: 'label.png', mimeType: 'image/png', buffer };
}

/** What reads on the device is kept by the service worker: its program, its language, and what reads barcodes. */
export async function isPrepared(page: Page): Promise<void> {
  const kept = (): Promise<readonly string[]> =>
    page.evaluate(async () => (await (await caches.open('reading')).keys()).map(({ url }) => new URL(url).pathname.replace(/^.*\//, '')));
  await expect
    .poll(kept, { timeout: 30_000 })
    .toEqual(expect.arrayContaining([expect.stringMatching(/traineddata/), expect.stringMatching(/zxing/)]));
}
