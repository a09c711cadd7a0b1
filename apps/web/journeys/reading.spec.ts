import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from './fixture.ts';

const immutable = join(import.meta.dirname, '../build/_app/immutable');
const script = `/_app/immutable/workers/${readdirSync(join(immutable, 'workers')).find((name) => name.startsWith('on-device.worker-'))}`;
const home = `/_app/immutable/reading/${readdirSync(join(immutable, 'reading')).join()}`;

interface Answer {
  readonly detection?: { readonly items: readonly { readonly name: string; readonly text: string }[]; readonly model: string };
  readonly failure?: string;
}

/** Runs in the page: what the worker of this app reads on a picture of some words, for somebody of a language. */
async function readWords([path, folder, language, words]: readonly string[]): Promise<Answer> {
  const canvas = new OffscreenCanvas(900, 500);
  const context = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D;
  context.fillStyle = '#f4efe4';
  context.fillRect(0, 0, 900, 500);
  context.fillStyle = '#1c2733';
  context.font = 'bold 80px sans-serif';
  context.fillText(words ?? '', 60, 160);
  context.font = '40px sans-serif';
  context.fillText('Edition 1998', 60, 300);
  const blob = await canvas.convertToBlob({ type: 'image/png' });
  const worker = new Worker(path ?? '', { type: 'module' });
  const picture = { bytes: new Uint8Array(await blob.arrayBuffer()), mediaType: 'image/png' };
  try {
    return await new Promise<Answer>((resolve, reject) => {
      worker.addEventListener('message', ({ data }) => resolve(data as Answer));
      worker.addEventListener('error', ({ message }) => reject(new Error(`The worker ended: ${message}`)));
      worker.postMessage({ type: 'open', opening: { home: new URL(folder ?? '', location.href).href } });
      worker.postMessage({ type: 'detect', id: 1, picture, hints: { collectionType: 'books', language } });
    });
  } finally {
    worker.terminate();
  }
}

test('[W91] text is read on this device with nothing from anybody but this app, and once it was, with no network at all', async ({
  visit,
  app,
}) => {
  const anna = await visit();
  const asked: string[] = [];
  anna.page.context().on('request', (request) => void asked.push(request.url()));
  await anna.makeCollection('Cellar');
  await anna.isInstalled();

  const first = await anna.page.evaluate(readWords, [script, home, 'en-GB', 'Golden Lantern']);
  expect(asked.filter((url) => url.endsWith('deu.traineddata.gz'))).toEqual([]);
  const german = await anna.page.evaluate(readWords, [script, home, 'de-CH', 'Grüne Äpfel']);

  expect(first.detection?.items[0]).toMatchObject({ name: 'Golden Lantern', text: expect.stringContaining('1998') as unknown });
  expect(german.detection?.items[0]).toMatchObject({ name: 'Grüne Äpfel' });
  expect(asked.filter((url) => !url.startsWith(app.origin) && !/^(?:data|blob):/.test(url))).toEqual([]);

  await anna.goOffline();
  await app.cut();
  await anna.page.reload();
  await expect(anna.page.locator('main')).toBeVisible();
  expect(await anna.page.evaluate(readWords, [script, home, 'en-GB', 'Golden Lantern'])).toEqual(first);
  expect(await anna.page.evaluate(readWords, [script, home, 'de-CH', 'Grüne Äpfel'])).toEqual(german);
});
