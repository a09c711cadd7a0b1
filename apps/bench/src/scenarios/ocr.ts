import tesseract from 'tesseract.js';
import { readBarcodes } from 'zxing-wasm/reader';
import { drawScene, greyInNode, sceneCount, type Scene } from '@cacaw/detectors/drawn';
import { openReader, type Reader } from '@cacaw/detectors/on-device';
import { programsInNode } from '@cacaw/detectors/on-device/node';
import { readBarcode } from '@cacaw/protocol/detection';
import { spread, type Figure } from '../figure.ts';
import type { Scenario } from '../scenario.ts';

/** One of each kind of thing, plain, leaning, in glare and in the dark. */
const quickScenes = [2, 4, 7, 15, 18, 33];

/** Reading text and barcodes on the device, where there is no service. */
export const ocr: Scenario = {
  name: 'ocr',
  about:
    'Spines, cards, labels and boxes drawn from a seed, ten of each: plain, in perspective, blurred, with glare, in low light, with noise, and two of these at once. Read in this process; nothing is fetched.',
  note: 'The pictures are generated, no photos: of real ones this says nothing. Beside it tesseract.js and zxing-wasm are given the same files as they are. Words count whole, in any order; a barcode counts when every digit is right.',
  async run(lab) {
    const indices = lab.isQuick ? quickScenes : Array.from({ length: sceneCount }, (_, index) => index);
    const programs = programsInNode();
    const reader = await openReader(programs);
    const plain = await tesseract.createWorker('eng', tesseract.OEM.LSTM_ONLY, {
      langPath: programs.text.language,
      cacheMethod: 'none',
      gzip: true,
    });
    try {
      const results: Result[] = [];
      for (const index of indices) {
        const scene = await drawScene(index);
        const [ours, bare] = [await readScene(reader, scene), await readPlainly(plain, scene)];
        lab.log(`${scene.name}: ${ours.words} of ${wordsOf(scene.lines).length} words, as it is ${bare.words}`);
        results.push({ scene, ours, bare });
      }
      return figuresOf(results);
    } finally {
      await Promise.all([reader.close(), plain.terminate()]);
    }
  },
};

interface Found {
  readonly words: number;
  readonly barcodes: number;
  /** Barcodes that are not there. */
  readonly madeUp: number;
  readonly ms: number;
}

interface Result {
  readonly scene: Scene;
  readonly ours: Found;
  readonly bare: Found;
}

async function readScene(reader: Reader, scene: Scene): Promise<Found> {
  const startedAt = performance.now();
  const { lines, barcodes } = await reader.read(await greyInNode({ bytes: scene.jpeg }));
  return compared(scene, { text: lines.map(({ text }) => text).join('\n'), barcodes, ms: performance.now() - startedAt });
}

async function readPlainly(worker: tesseract.Worker, scene: Scene): Promise<Found> {
  const startedAt = performance.now();
  const { data } = await worker.recognize(scene.jpeg);
  const codes = (await readBarcodes(new Uint8Array(scene.jpeg))).map(({ text }) => readBarcode(text)).filter((one) => one !== undefined);
  return compared(scene, { text: data.text, barcodes: codes, ms: performance.now() - startedAt });
}

interface Read {
  readonly text: string;
  readonly barcodes: readonly string[];
  readonly ms: number;
}

function compared(scene: Scene, { text, barcodes, ms }: Read): Found {
  const left = wordsOf([text]);
  let words = 0;
  for (const word of wordsOf(scene.lines)) {
    const at = left.indexOf(word);
    if (at < 0) continue;
    left.splice(at, 1);
    words += 1;
  }
  const right = barcodes.filter((one) => scene.barcodes.includes(one)).length;
  return { words, barcodes: right, madeUp: barcodes.length - right, ms };
}

const wordsOf = (lines: readonly string[]): string[] =>
  lines
    .join(' ')
    .toLowerCase()
    .split(/[^a-z0-9/-]+/)
    .filter((word) => word.length > 1 || /\d/.test(word));

const sum = (results: readonly Result[], of: (result: Result) => number): number => results.reduce((total, one) => total + of(one), 0);
const share = (part: number, whole: number): string => `${((part / whole) * 100).toFixed(0)} % (${part} of ${whole})`;

function figuresOf(results: readonly Result[]): readonly Figure[] {
  const words = sum(results, ({ scene }) => wordsOf(scene.lines).length);
  const codes = sum(results, ({ scene }) => scene.barcodes.length);
  const [ours, bare] = [sum(results, (one) => one.ours.words), sum(results, (one) => one.bare.words)];
  const [read, plainly] = [sum(results, (one) => one.ours.barcodes), sum(results, (one) => one.bare.barcodes)];
  return [
    {
      what: `words read, ${results.length} generated pictures`,
      value: share(ours, words),
      beside: `tesseract.js as it is ${share(bare, words)}`,
      gate: { held: ours >= bare * 1.1, rule: 'a tenth more than tesseract.js as it is' },
    },
    {
      what: 'barcodes read',
      value: `${share(read, codes)}; made up ${sum(results, (one) => one.ours.madeUp)}`,
      beside: `zxing-wasm as it is ${share(plainly, codes)}; made up ${sum(results, (one) => one.bare.madeUp)}`,
      gate: { held: read >= plainly, rule: 'no fewer than zxing-wasm as it is' },
    },
    {
      what: 'time a picture of 1600 by 1200',
      value: spread(results.map(({ ours: { ms } }) => ms)),
      beside: `as it is ${spread(results.map(({ bare: { ms } }) => ms))}`,
    },
    ...byFlaw(results, words),
  ];
}

/** What it is good at and what not. */
function byFlaw(results: readonly Result[], all: number): readonly Figure[] {
  const names = [...new Set(results.map(({ scene }) => scene.flaws.join(' + ') || 'plain'))];
  return names.map((name) => {
    const some = results.filter(({ scene }) => (scene.flaws.join(' + ') || 'plain') === name);
    const words = Math.min(
      all,
      sum(some, ({ scene }) => wordsOf(scene.lines).length),
    );
    return {
      what: `words read, ${name}`,
      value: share(
        sum(some, (one) => one.ours.words),
        words,
      ),
      beside: `as it is ${share(
        sum(some, (one) => one.bare.words),
        words,
      )}`,
    };
  });
}
