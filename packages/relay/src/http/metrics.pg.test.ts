import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { gemini, startFakeVision, type FakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { detectPath, lookupPath } from '@cacaw/protocol/http';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { openLibraryWire, startFakeSource, type FakeSource } from '../../test/fake-source.ts';
import { createOpenLibrary } from '../adapters/open-library/lookup-source.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { corrected, newLesson } from '../contracts/lessons.ts';

const metricsToken = 'a-token-for-those-who-watch-this-relay';
let service: FakeVision;
let books: FakeSource;
let world: AccountWorld;
let anna: Browser;
let collection: CollectionId;
beforeAll(async () => {
  [service, books] = [await startFakeVision(gemini), await startFakeSource(openLibraryWire)];
  world = await openAccountWorld(inject('postgresUrl'), {
    metricsToken,
    detection: {
      detector: createGeminiDetector({ apiKey: 'the-operators-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 1_000 }),
      prices: { picture: 2_000 },
      relayLimit: 50_000_000,
      limitOf: () => Promise.resolve(1_000_000),
    },
    lookupSources: [createOpenLibrary({ baseUrl: books.url, agent: 'Cacaw/0 (http://localhost)' })],
  });
  anna = await world.signedUp('metrics-anna');
  collection = newCollectionId(systemRandom);
  await anna.post('/api/collections', { id: collection });
  await anna.send(`/api/collections/${collection}/learning`, {
    method: 'PUT',
    headers: { origin: world.origin, 'content-type': 'application/json' },
    body: JSON.stringify({ isOn: true }),
  });
}, 60_000);
afterAll(async () => {
  await world.stop();
  await Promise.all([service.stop(), books.stop()]);
});

const scrape = (authorization?: string): Promise<Response> =>
  fetch(`${world.http.url}/metrics`, authorization === undefined ? {} : { headers: { authorization } });
const text = async (): Promise<string> => (await scrape(`Bearer ${metricsToken}`)).text();
let pictures = 0;
const picture = (): string => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, ++pictures >> 8, pictures]).toString('base64');
const detect = (image = picture(), more: object = {}): Promise<Response> =>
  anna.post(detectPath, { image, collectionType: 'other', ...more });
const sendLessons = (lessons: readonly object[]): Promise<Response> => anna.post(`/api/collections/${collection}/lessons`, { lessons });

/** Whatever a line of the text format may be (https://prometheus.io/docs/instrumenting/exposition_formats/). */
const line =
  /^(?:# (?:HELP|TYPE) [a-z_:][\w:]* .+|[a-z_:][\w:]*(?:\{\w+="(?:[^"\\\n]|\\["\\n])*"(?:,\w+="(?:[^"\\\n]|\\["\\n])*")*\})? \S+)$/i;

describe('what is measured', () => {
  it('[MT1] is read by whoever says the token, in the text format, and by nobody else', async () => {
    for (const wrong of [
      undefined,
      '',
      'Bearer ',
      `Bearer ${metricsToken}x`,
      `Bearer ${metricsToken.slice(0, -1)}`,
      `Basic ${metricsToken}`,
      metricsToken,
    ])
      expect((await scrape(wrong)).status, wrong).toBe(401);
    expect((await anna.get('/metrics')).status).toBe(401);

    const answer = await scrape(`Bearer ${metricsToken}`);

    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .filter((one) => one !== '');
    for (const one of lines) expect(one).toMatch(line);
    expect(lines.some((one) => one.startsWith('process_cpu_seconds_total '))).toBe(true);
  });

  it('[MT2] counts pictures by what came of them and why not, what they cost, and lookups by source', async () => {
    const image = picture();
    await detect(image);
    await detect(image);
    service.next({ blocked: 'picture' });
    await detect();
    books.next({ json: {} }, { status: 500 });
    for (const code of ['9780980200447', '9783161484100'])
      await anna.post(lookupPath, { subject: 'code', text: code, sources: ['open-library'] });

    const measured = await text();

    for (const one of [
      'cacaw_detections_asked_total 3',
      'cacaw_detections_total{outcome="charged"} 1',
      'cacaw_detections_total{outcome="cached"} 1',
      'cacaw_detections_total{outcome="failed"} 1',
      'cacaw_detection_failures_total{code="blocked"} 1',
      // The blocked one as well: its service counted it.
      'cacaw_detection_spent_dollars 0.004',
      'cacaw_detection_budget_dollars 50',
      'cacaw_detection_breaker_open 0',
      'cacaw_database_up 1',
      'cacaw_lookups_total{source="open-library",outcome="answered"} 1',
      'cacaw_lookups_total{source="open-library",outcome="unavailable"} 1',
    ])
      expect(measured.split('\n')).toContain(one);
  });

  it('[MT2] counts what people made of proposals, by field, type of collection, source, model and prompt', async () => {
    // What answered here is known by its name as soon as that is noted.
    await expect
      .poll(async () => (await world.database.sql`select model from detection_models`).map((row) => row['model'] as string))
      .toContain('fake-vision-1');
    const by = { source: 'gemini', model: 'fake-vision-1' };
    await sendLessons([newLesson(systemRandom, by), newLesson(systemRandom, { ...by, ...corrected })]);

    const measured = (await text()).split('\n');

    const of = (field: string, outcome: string, times: number): string =>
      `cacaw_detection_outcomes_total{collection_type="trading-cards",field="${field}",source="gemini",model="fake-vision-1",prompt_version="2",outcome="${outcome}"} ${times}`;
    expect(measured).toContain(of('name', 'accepted', 2));
    expect(measured).toContain(of('series', 'accepted', 1));
    expect(measured).toContain(of('series', 'changed', 1));
    expect(measured).toContain(of('item', 'changed', 1));
  });

  it('[MT3] names no account, no collection and nothing that anybody sent, whatever they send', async () => {
    const before = new Set((await text()).split('\n').map((one) => one.replace(/ \S+$/, '')));
    const hostile = [
      '"} 1\ncacaw_made_up{x="',
      'Grandmother’s rings',
      'metrics-anna@mail.example',
      collection,
      '__proto__',
      '\\'.repeat(40),
    ];
    for (const collectionType of hostile) {
      await detect(picture(), { collectionType: collectionType.replaceAll('\n', ' '), prompt: collectionType.replaceAll('\n', ' ') });
      await sendLessons([
        newLesson(systemRandom, {
          collectionType,
          source: collectionType,
          model: collectionType,
          promptVersion: collectionType.slice(0, 20),
        }),
        newLesson(systemRandom, {
          collectionType: collectionType.replaceAll('\n', ' '),
          source: 'gemini',
          model: 'made-up',
          promptVersion: '9',
        }),
      ]);
      await fetch(`${world.http.url}/${encodeURIComponent(collectionType)}?${encodeURIComponent(collectionType)}`);
      await anna.get(`/api/collections/${encodeURIComponent(collectionType)}/learning`);
      await anna.post(lookupPath, { subject: 'code', text: '9780980200447', sources: [collectionType] });
    }
    await anna.get(`/api/collections/${collection}`);

    const measured = await text();

    for (const one of measured
      .trim()
      .split('\n')
      .filter((each) => each !== ''))
      expect(one).toMatch(line);
    const { accountId } = (await (await anna.get('/api/account')).json()) as { readonly accountId: string };
    for (const word of [
      'made_up',
      'made-up',
      'Grandmother',
      'metrics-anna',
      collection,
      accountId,
      '__proto__',
      '\\\\',
      metricsToken,
      'the-operators-key',
    ])
      expect(measured).not.toContain(word);
    // Beside buckets of requests at routes that were not asked before, all that is new is what is nobody's.
    const added = measured
      .split('\n')
      .map((one) => one.replace(/ \S+$/, ''))
      .filter((one) => !before.has(one) && one.startsWith('cacaw_'));
    expect(added.filter((each) => each.includes('outcomes_total')).length).toBeGreaterThan(5);
    for (const one of added.filter((each) => !each.startsWith('cacaw_http_')))
      expect(one).toMatch(
        /^cacaw_detection_outcomes_total\{collection_type="other",field="\w+",source="(?:gemini|other)",model="other",prompt_version="(?:\d|other)",outcome="accepted"\}$/,
      );
    expect(measured).toMatch(
      /cacaw_http_request_duration_seconds_count\{method="GET",route="\/api\/collections\/:collection",status="200"\} \d/,
    );
  });

  it('[MT4] is read once for all who ask at once, from a bounded number of rows, and says so when the database is away', async () => {
    await world.database
      .sql`insert into detection_accuracy select 'other', 'gemini', 'm' || n, '1', 'name', 'accepted', 1 from generate_series(1, 5000) n`;
    const all = await Promise.all(Array.from({ length: 20 }, () => text()));
    expect((all[0]?.match(/^cacaw_detection_outcomes_total\{/gm) ?? []).length).toBe(2_000);
    await world.database.sql`alter table detection_accuracy rename to away`;

    const measured = await text();

    await world.database.sql`alter table away rename to detection_accuracy`;
    expect(measured).toContain('\ncacaw_database_up 0\n');
    expect(measured).not.toMatch(/^cacaw_detection_(?:outcomes_total\{|spent_dollars )/m);
    expect(measured).toContain('process_cpu_seconds_total');
    expect(await text()).toContain('\ncacaw_database_up 1\n');
  });
});
