import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Detection } from '../detector.ts';
import { everyDetectorContract } from '../testing/detector.contract.ts';
import { drawScene, drawSeveral, greyInNode, type Scene } from '../testing/drawn/index.ts';
import { printedAt } from '../testing/drawn/print.ts';
import { readerModels } from './languages.ts';
import { programsInNode } from './node.ts';
import { createOnDeviceDetector, type OnDeviceDetector } from './on-device.ts';

const never = new AbortController().signal;
const hints = { collectionType: 'books', currency: 'CHF' };
const open = (patienceMs = 60_000): OnDeviceDetector =>
  createOnDeviceDetector({ programs: programsInNode(), greyOf: greyInNode, patienceMs });

/** A script for the library's worker: the first of them dies when it is to read, the others are the library's own. */
const dyingOnce = (mark: string, own: string): string => `
const { existsSync, writeFileSync } = require('node:fs');
const { parentPort } = require('node:worker_threads');
if (existsSync(${JSON.stringify(mark)})) require(${JSON.stringify(own)});
else
  parentPort.on('message', ({ workerId, jobId, action }) => {
    if (action !== 'recognize') return parentPort.postMessage({ workerId, jobId, action, status: 'resolve', data: {} });
    writeFileSync(${JSON.stringify(mark)}, '');
    throw new Error('out of memory');
  });
`;

describe('reading on the device', () => {
  everyDetectorContract(async () => {
    const [detector, scene] = [open(), await drawScene(1)];
    return { detector, picture: { bytes: scene.jpeg, mediaType: 'image/jpeg' }, close: () => detector.close() };
  });

  let detector: OnDeviceDetector;
  beforeAll(() => void (detector = open()));
  afterAll(() => detector.close());
  const read = ({ jpeg }: Pick<Scene, 'jpeg'>): Promise<Detection> =>
    detector.detect({ bytes: jpeg, mediaType: 'image/jpeg' }, hints, never);

  it('[O17] proposes the most prominent line as name, all that was read and the barcode, and never a price', async () => {
    const scene = await drawScene(2);

    const [item, ...others] = (await read(scene)).items;

    expect(others).toEqual([]);
    expect(item?.name).toBe(scene.lines[0]);
    for (const line of scene.lines.slice(0, 3)) expect(item?.text).toContain(line);
    expect(item).toMatchObject({ barcodes: scene.barcodes, estimatedValue: null, currency: 'CHF', description: '', box: null });
    expect(item?.confidence).toBeGreaterThan(0.4);
    expect(item?.confidence).toBeLessThanOrEqual(0.6);
  });

  it('[O17] reads what stands on its side, and in glare', async () => {
    const [spines, glare] = [await drawScene(0), await drawScene(15)];

    const read1 = (await read(spines)).items.map(({ text }) => text).join(' / ');
    for (const line of spines.lines.filter((_, index) => index % 2 === 0)) expect(read1).toContain(line);
    const read2 = (await read(glare)).items[0];
    expect(read2?.text).toContain(glare.lines[1]);
    expect(read2?.barcodes).toEqual(glare.barcodes);
  });

  it('[O60] proposes each book of a shelf and each of the cards on a table, with its box', async () => {
    const [spines, cards] = [await drawScene(0), await drawSeveral(0, 5)];

    const titles = spines.lines.filter((_, at) => at % 2 === 0);
    const books = (await read(spines)).items;
    expect(books).toHaveLength(titles.length);
    for (const title of titles) expect(books.filter(({ text, box }) => box !== null && text.includes(title))).toHaveLength(1);
    const [left, right, ...others] = (await read(cards)).items.toSorted((one, two) => (one.box?.x ?? 0) - (two.box?.x ?? 0));
    expect(others).toEqual([]);
    for (const [at, item] of [left, right].entries())
      expect(item).toMatchObject({ name: cards.things[at]?.lines[0], barcodes: cards.things[at]?.barcodes });
    expect((left?.box?.x ?? 1) + (left?.box?.width ?? 1)).toBeLessThan(right?.box?.x ?? 0);
  });

  it('[O17] sees nothing in a picture of nothing, and refuses what is none', async () => {
    const bytes = new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]);
    await expect(detector.detect({ bytes, mediaType: 'image/jpeg' }, hints, never)).rejects.toMatchObject({ failure: 'refused' });

    const plain = createOnDeviceDetector({
      programs: programsInNode(),
      greyOf: () => Promise.resolve({ data: new Uint8Array(300 * 200).fill(120), width: 300, height: 200 }),
      patienceMs: 60_000,
    });
    expect((await plain.detect({ bytes, mediaType: 'image/jpeg' }, hints, never)).items).toEqual([]);
    await plain.close();
  });

  it('[O63] reads German for whoever speaks it, and English for everybody', async () => {
    const lines = ['Grüne Äpfel für Müller', 'Golden Lantern', 'Straßenkarte Österreich'];
    const prints = lines.map((text, at) => printedAt({ text, font: 'DejaVuSans', size: 60, colour: '#222' }, 60, 60 + at * 160));
    const paper = sharp({ create: { width: 1_000, height: 600, channels: 3, background: '#eee4d0' } });
    const picture = { bytes: await paper.composite(prints).jpeg().toBuffer(), mediaType: 'image/jpeg' } as const;

    const german = await detector.detect(picture, { ...hints, language: 'de-CH' }, never);
    const english = await detector.detect(picture, { ...hints, language: 'en-GB' }, never);

    expect(german.items[0]?.text.split(' / ')).toEqual(lines);
    expect(english.items[0]?.text).toContain(lines[1]);
    expect([german.model, english.model]).toEqual(['tesseract-deu-eng+zxing', 'tesseract-eng+zxing']);
    expect(readerModels).toEqual([english.model, german.model]);
  });

  it('[O62] ends when what it needs never comes, whether somebody still waits or not', async () => {
    const server = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const picture = { bytes: (await drawScene(1)).jpeg, mediaType: 'image/jpeg' } as const;
    const programs = { ...programsInNode(), text: { languages: `http://127.0.0.1:${port}` } };
    const waiting = createOnDeviceDetector({ programs, greyOf: greyInNode, patienceMs: 300 });

    await expect(waiting.detect(picture, hints, never)).rejects.toMatchObject({ failure: 'timeout' });
    await expect(waiting.prepare()).rejects.toMatchObject({ failure: 'timeout' });
    const leaving = new AbortController();
    const patient = createOnDeviceDetector({ programs, greyOf: greyInNode, patienceMs: 60_000 });
    const asked = patient.detect(picture, hints, leaving.signal);
    server.once('request', () => leaving.abort());
    await expect(asked).rejects.toMatchObject({ failure: 'cancelled' });
    await Promise.all([waiting.close(), patient.close()]);

    server.closeAllConnections();
    server.close();
  });

  it('[O62] one whose thread dies says so at once, and reads the next picture with another', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'cacaw-reader-'));
    const mark = join(folder, 'died');
    await writeFile(
      join(folder, 'worker.cjs'),
      dyingOnce(mark, createRequire(import.meta.url).resolve('tesseract.js/src/worker-script/node')),
    );
    const programs = programsInNode();
    const text = { ...programs.text, browser: { worker: join(folder, 'worker.cjs'), cores: '' } };
    const dying = createOnDeviceDetector({ programs: { ...programs, text }, greyOf: greyInNode, patienceMs: 60_000 });
    const picture = { bytes: (await drawScene(1)).jpeg, mediaType: 'image/jpeg' } as const;

    await expect(dying.detect(picture, hints, never)).rejects.toMatchObject({ failure: 'unavailable' });
    expect(existsSync(mark)).toBe(true);
    expect((await dying.detect(picture, hints, never)).items).toHaveLength(1);

    await dying.close();
    await rm(folder, { recursive: true });
  });

  it('[O62] pictures of one pixel, of one line, and of 64 megapixels are read like any other', async () => {
    const of = async (width: number, height: number): Promise<Detection> => {
      const bytes = await sharp({ create: { width, height, channels: 3, background: '#eee' } })
        .composite(
          width < 1_000 || height < 1_000
            ? []
            : [printedAt({ text: 'Golden Lantern', font: 'DejaVuSans-Bold', size: 600, colour: '#111' }, 900, 2_000)],
        )
        .jpeg()
        .toBuffer();
      return detector.detect({ bytes, mediaType: 'image/jpeg' }, hints, never);
    };

    for (const [width, height] of [
      [1, 1],
      [4_000, 1],
      [1, 4_000],
      [2, 3],
    ] as const)
      expect((await of(width, height)).items).toEqual([]);
    expect((await of(8_000, 8_000)).items.map(({ name }) => name)).toEqual(['Golden Lantern']);
  });

  it('[O17] gives up after its patience, and says when what it needs is not there', async () => {
    const { jpeg } = await drawScene(1);
    const picture = { bytes: jpeg, mediaType: 'image/jpeg' } as const;
    const hasty = open(1);
    await expect(hasty.detect(picture, hints, never)).rejects.toMatchObject({ failure: 'timeout' });
    await hasty.close();

    const programs = { ...programsInNode(), text: { languages: '/nowhere' } };
    const lost = createOnDeviceDetector({ programs, greyOf: greyInNode, patienceMs: 60_000 });
    await expect(lost.detect(picture, hints, never)).rejects.toMatchObject({ failure: 'unavailable' });
    await expect(lost.prepare()).rejects.toMatchObject({ failure: 'unavailable' });
  });
});
