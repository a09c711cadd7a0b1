import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { drawScene } from '@cacaw/detectors/drawn';
import { gemini, openAi, startFakeVision, type FakeReply, type SeenRequest } from '@cacaw/detectors/fake-vision';
import { zipSync } from 'fflate';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { lessonValuesOf, overlapOf, type DetectedItem, type Lesson, type LessonValues } from '@cacaw/protocol/detection';
import { match } from './match.ts';
import { readJudged } from './read-data.ts';

const card: DetectedItem = {
  name: 'Charizard',
  type: 'card',
  series: 'Base Set',
  condition: 'good',
  description: '',
  estimatedValue: null,
  currency: 'EUR',
  tags: [],
  barcodes: [],
  text: '',
  confidence: 0.9,
  box: { x: 0, y: 0, width: 0.5, height: 0.5 },
};
const [one, two, three] = ['1', '2', '3'].map((digit) => digit.repeat(64)) as [string, string, string];
let count = 0;
const lesson = (
  photo: string,
  final: Partial<LessonValues> | null,
  proposed: DetectedItem | null = card,
  at = '2026-11-29T10:00:00.000Z',
): Lesson =>
  ({
    id: String((count += 1)).padStart(22, '0'),
    at,
    photo,
    collectionType: 'trading-cards',
    ...{ source: 'gemini', model: 'gemini-2.5-flash', promptVersion: '3', proposed },
    outcome: proposed === null ? 'missed' : final === null ? 'rejected' : 'changed',
    final: final && lessonValuesOf({ ...card, ...final }),
  }) as Lesson;

const lessons = [
  // Looked at again later: only that counts.
  lesson(one, { name: 'Nonsense' }, card, '2026-11-01T00:00:00.000Z'),
  lesson(one, { series: 'Jungle' }),
  lesson(one, { name: 'Mewtwo', type: 'box' }, null),
  lesson(one, null),
  lesson(two, { name: 'Pikachu' }, { ...card, box: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } }),
  lesson(three, {}),
];
/** By what the fake is shown: the bytes of a picture are its number. */
const answers: { readonly [picture: string]: FakeReply } = {
  1: {
    items: [
      { ...card, name: 'A card', box: [0, 0, 520, 500] },
      { ...card, name: 'mewtwo!', type: 'Box', box: [] },
      { ...card, name: 'Gold bar', type: 'gold', box: [800, 800, 900, 900] },
    ],
    tokens: { input: 1_000, output: 200 },
  },
  2: { items: [], tokens: { input: 1_000, output: 100 } },
  3: { blocked: 'picture' },
};
const rule = ({ picture }: SeenRequest): FakeReply => answers[new TextDecoder().decode(picture)] ?? 'nothing';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'cacaw evaluate '));
  const list = new TextEncoder().encode(lessons.map((each) => `${JSON.stringify(each)}\n`).join(''));
  const files = {
    'lessons.jsonl': list,
    ...Object.fromEntries([one, two, three].map((hash) => [`images/${hash}.webp`, new TextEncoder().encode(hash[0])])),
  };
  writeFileSync(join(dir, 'data.zip'), zipSync(files));
  mkdirSync(join(dir, 'data', 'images'), { recursive: true });
  for (const [path, bytes] of Object.entries(files)) writeFileSync(join(dir, 'data', path), bytes);
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

async function run(
  args: readonly string[],
  environment: { readonly [name: string]: string } = {},
): Promise<{ readonly code: number | null; readonly said: string }> {
  const env = { PATH: process.env['PATH'], ...environment };
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(import.meta.dirname, 'main.ts'), ...args], { env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done) => child.once('close', done));
  return { code, said };
}

it('[LE13] a detector is measured against what people left: fields, types, what it found, missed and made up, and the cost', async () => {
  const service = await startFakeVision(gemini, rule);
  const environment = { GEMINI_API_KEY: 'none', GEMINI_BASE_URL: service.url, DETECTION_PRICES: '1,10' };

  const { code, said } = await run(['--detector', 'gemini', '--data', join(dir, 'data.zip')], environment);

  await service.stop();
  expect(code, said).toBe(0);
  expect(said).toMatch(/^gemini on 3 photos/);
  // Two were found, by the box and by the name, each with a wrong name as a person wrote it.
  for (const line of [/ name +0\.0 % +2/, / type +50\.0 % +2/, / series +50\.0 % +2/, / condition +100\.0 % +2/, / tags +– +0/])
    expect(said).toMatch(line);
  for (const line of [/ card +1 +1 +0 /, / box +1 +0 +0 /, / gold +0 +0 +1 /, / all +2 +1 +1 /]) expect(said).toMatch(line);
  expect(said).toContain('2 photos looked at, not looked at: 1 blocked');
  expect(said).toContain('cost $0.0050: 2000 tokens read, 300 written');
});

it('[LE13] things lie where a person drew them, also those that were missed before', async () => {
  const service = await startFakeVision(gemini, () => ({
    items: [
      { ...card, name: 'Moved', box: [500, 500, 1000, 1000] },
      { ...card, name: 'Added', box: [0, 500, 500, 1000] },
      { ...card, name: 'Nothing', box: [0, 0, 500, 500] },
    ],
    tokens: { input: 1_000, output: 200 },
  }));
  const judged = [
    { ...lesson(one, { name: 'A' }), drawn: { x: 0.5, y: 0.5, width: 0.5, height: 0.5 } },
    { ...lesson(one, { name: 'B' }, null), drawn: { x: 0.5, y: 0, width: 0.5, height: 0.5 } },
  ];
  const data = join(dir, 'boxes');
  mkdirSync(join(data, 'images'), { recursive: true });
  writeFileSync(join(data, 'images', `${one}.webp`), 'picture');
  writeFileSync(join(data, 'lessons.jsonl'), judged.map((each) => JSON.stringify(each)).join('\n'));

  const environment = { GEMINI_API_KEY: 'none', GEMINI_BASE_URL: service.url };
  const { code, said } = await run(['--detector', 'gemini', '--data', data], environment);

  await service.stop();
  expect(code, said).toBe(0);
  expect(said).toMatch(/ all +2 +0 +1 /);
});

it('[LE13] any adapter is measured, on a folder too and on the first photos only; what is wrong is said', async () => {
  const service = await startFakeVision(openAi, rule);
  const environment = { DETECTION_URL: `${service.url}/v1`, DETECTION_MODEL: 'mine' };
  const data = join(dir, 'data');

  const { said } = await run(['--detector', 'openai', '--data', data, '--limit', '1'], environment);

  await service.stop();
  expect(said).toMatch(/^openai-compatible on 1 photos[^]*cost \$0\.0020: .* at a flat \$0\.002 a photo/);
  expect(await run(['--detector', 'gemini', '--data', data])).toMatchObject({
    code: 1,
    said: expect.stringContaining('Set GEMINI_API_KEY'),
  });
  expect(await run(['--detector', 'gemini', '--data', dir])).toMatchObject({ code: 1, said: expect.stringContaining('no lessons.jsonl') });
  expect(await run(['--detector', 'magic'])).toMatchObject({ code: 2, said: expect.stringContaining('pnpm evaluate') });
});

it('[LE13] what reads on the device is measured like the others, and costs nothing', async () => {
  const scene = await drawScene(2);
  const data = join(dir, 'drawn');
  mkdirSync(join(data, 'images'), { recursive: true });
  writeFileSync(join(data, 'images', `${one}.webp`), await sharp(scene.jpeg).webp({ quality: 90 }).toBuffer());
  writeFileSync(join(data, 'lessons.jsonl'), JSON.stringify(lesson(one, { name: scene.lines[0] ?? '', barcodes: scene.barcodes })));

  const { code, said } = await run(['--detector', 'on-device', '--data', data]);

  expect(code, said).toBe(0);
  for (const line of [/^on-device on 1 photos/, / name +100\.0 % +1/, / barcodes +100\.0 % +1/, / all +1 +0 +0/, /cost \$0\.0000/])
    expect(said).toMatch(line);
});

it('[LE13] of a photo reviewed twice the last review counts, and what has no picture is left out', () => {
  rmSync(join(dir, 'data', `images/${three}.webp`));

  expect(readJudged(join(dir, 'data')).map(({ hash, lessons: judged }) => [hash[0], judged.length])).toEqual([
    ['1', 3],
    ['2', 1],
  ]);
});

it('[LE13] things are found by half of their box, else by their name, each once and the closest first', () => {
  const left = { x: 0, y: 0, width: 0.4, height: 1 };
  const thing = { values: lessonValuesOf({ ...card, name: 'A' }), box: left };
  const near = { ...card, name: 'B', box: { ...left, width: 0.5 } };
  const nearer = { ...card, name: 'C', box: { ...left, width: 0.41 } };
  const far = { ...card, name: 'a', box: { ...left, x: 0.6 } };

  expect(overlapOf(left, near.box)).toBeCloseTo(0.8);
  expect([overlapOf(left, far.box), overlapOf(left, left)]).toEqual([0, 1]);
  expect(match([thing], [far, near, nearer])).toEqual({
    found: [expect.objectContaining({ thing, item: nearer })],
    missed: [],
    extra: [far, near],
  });
  expect(match([thing, { ...thing, box: null }], [far]).found).toHaveLength(1);
  expect(match([thing], [{ ...far, name: 'D' }])).toMatchObject({ found: [], missed: [thing] });
});
