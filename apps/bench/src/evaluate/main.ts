// `pnpm evaluate --detector gemini|openai|on-device --data <zip or folder> [--limit n]`: measures a detector against what people decided about photos.
import { parseArgs } from 'node:util';
import { defaultGeminiModel, type Detector } from '@cacaw/detectors';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import type { OnDeviceDetector } from '@cacaw/detectors/on-device';
import { createOpenAiDetector } from '@cacaw/detectors/openai';
import { evaluate } from './evaluate.ts';
import { readJudged } from './read-data.ts';
import { tableOf, type Prices } from './table.ts';

const patienceMs = 120_000;
/** What a relay charges for a photo whose tokens nobody counted. */
const picturePrice = 0.002;
/** Of what asks nobody. */
const free: Prices = { tokens: undefined, picture: 0 };

type Environment = { readonly [name: string]: string | undefined };

const needed = (environment: Environment, name: string): string => {
  const value = environment[name] ?? '';
  if (value === '') throw new Error(`Set ${name}, as a relay has it.`);
  return value;
};

/** By the variables a relay is set up with. */
const detectors: { readonly [name: string]: (environment: Environment) => Detector | Promise<OnDeviceDetector> } = {
  gemini: (environment) =>
    createGeminiDetector({
      apiKey: needed(environment, 'GEMINI_API_KEY'),
      baseUrl: environment['GEMINI_BASE_URL'],
      model: environment['DETECTION_MODEL'] ?? defaultGeminiModel,
      patienceMs,
    }),
  openai: (environment) =>
    createOpenAiDetector({
      baseUrl: needed(environment, 'DETECTION_URL'),
      apiKey: environment['DETECTION_KEY'],
      model: needed(environment, 'DETECTION_MODEL'),
      patienceMs,
    }),
  'on-device': openReader,
};

/** Loaded only when it is asked for: it brings megabytes. */
async function openReader(): Promise<OnDeviceDetector> {
  const [{ createOnDeviceDetector }, { programsInNode }, { greyInNode }] = await Promise.all([
    import('@cacaw/detectors/on-device'),
    import('@cacaw/detectors/on-device/node'),
    import('@cacaw/detectors/drawn'),
  ]);
  return createOnDeviceDetector({ programs: programsInNode(), greyOf: greyInNode, patienceMs });
}

const usage = `pnpm evaluate --detector ${Object.keys(detectors).join('|')} --data <zip or folder> [--limit n]
Measures a detector against a download of lessons; set up by the variables of a relay (GEMINI_API_KEY, DETECTION_URL, …).`;

function pricesOf(environment: Environment): Prices {
  const [input = 0, output = 0] = (environment['DETECTION_PRICES'] ?? '').split(',').map(Number);
  return { tokens: (environment['DETECTION_PRICES'] ?? '') === '' ? undefined : { input, output }, picture: picturePrice };
}

async function main(args: readonly string[], environment: Environment): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: { detector: { type: 'string' }, data: { type: 'string' }, limit: { type: 'string' } },
  });
  const open = detectors[values.detector ?? ''];
  const limit = Number(values.limit ?? Infinity);
  if (open === undefined || values.data === undefined || !(limit > 0)) {
    console.error(usage);
    return 2;
  }
  const photos = readJudged(values.data).slice(0, limit);
  if (photos.length === 0) throw new Error(`No photo that was decided about is in ${values.data}.`);
  const detector = await open(environment);
  console.log(`${detector.source} on ${photos.length} photos of ${values.data}`);
  const prices = detector.source === 'on-device' ? free : pricesOf(environment);
  for (const line of tableOf(await evaluate(detector, photos), prices)) console.log(line);
  return 0;
}

main(process.argv.slice(2), process.env).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : String(error));
    process.exit(1);
  },
);
