// The review of a drawn shelf, for the pictures of the README: the service's answer is written here, everything else is the app.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Page } from 'playwright-core';

const drawing = readFileSync(resolve(import.meta.dirname, 'shelf.svg'), 'utf8');
const service = 'https://generativelanguage.googleapis.com/**';

/** A thing in the picture; the box as models give it: top, left, bottom, right in thousandths. */
const thing = (name: string, confidence: number, box: readonly number[], more: object): object => ({
  name,
  type: 'household',
  series: '',
  condition: 'good',
  description: '',
  estimatedValue: null,
  currency: 'EUR',
  tags: [],
  confidence,
  box,
  ...more,
});

const things: readonly object[] = [
  thing('Banker’s lamp', 0.94, [200, 40, 845, 255], { estimatedValue: 60, tags: ['brass'] }),
  thing('Transistor radio', 0.71, [425, 352, 836, 630], { series: 'FM', estimatedValue: 35, condition: 'fair' }),
  thing('Moby-Dick', 0.88, [326, 710, 834, 760], { type: 'books', estimatedValue: 8 }),
  thing('Walden', 0.86, [346, 793, 834, 849], { type: 'books', estimatedValue: 8 }),
  thing('Middlemarch', 0.42, [336, 880, 834, 932], { type: 'books', condition: '' }),
];

/** Opens the review of a photographed shelf; the service is asked by a key that opens nothing. */
export async function openShelfReview(page: Page, openDemo: (page: Page) => Promise<void>): Promise<void> {
  const parts = [{ text: JSON.stringify({ items: things }) }];
  const body = { candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }], modelVersion: 'gemini' };
  const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };
  await page.context().route(service, (route) => route.fulfill({ json: body, headers }));
  await page.goto('/account/detection');
  await page.getByRole('radio', { name: /key of my own/ }).check();
  await page.getByLabel(/^Gemini key/).fill('a-key-that-opens-nothing');
  await page.getByRole('button', { name: 'Keep key' }).click();
  await page.getByText('A key is kept on this device.').waitFor();
  await page.goto('/');
  await openDemo(page);
  await page.getByRole('button', { name: 'Photograph a shelf' }).click();
  await page.getByLabel('Choose photos').setInputFiles({ name: 'shelf.png', mimeType: 'image/png', buffer: await drawn(page) });
  await page.getByRole('button', { name: 'Review', exact: true }).click();
  await page.getByLabel('Name of 5').waitFor();
  await page.getByRole('button', { name: 'Dismiss message' }).click();
  await page.getByRole('img', { name: 'What was looked at' }).waitFor();
}

async function drawn(page: Page): Promise<Buffer> {
  const sheet = await page.context().newPage();
  await sheet.setViewportSize({ width: 1600, height: 1000 });
  await sheet.setContent(`<body style="margin: 0">${drawing}</body>`);
  const picture = await sheet.screenshot();
  await sheet.close();
  return picture;
}
