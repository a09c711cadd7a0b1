import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { drawInjected, injected } from '@cacaw/detectors/drawn';
import { gemini, startFakeVision, type FakeReply, type FakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { detectedTextLimits, maxDetectedBarcodes, maxDetectedItems, maxDetectedTags } from '@cacaw/protocol/detection';
import { detectAnswer, detectPath, type DetectAnswer, type ProblemBody } from '@cacaw/protocol/http';
import * as v from 'valibot';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';

let service: FakeVision;
let world: AccountWorld;
let anna: Browser;
let limit = 1_000_000;
beforeAll(async () => {
  service = await startFakeVision(gemini);
  world = await openAccountWorld(inject('postgresUrl'), {
    detection: {
      detector: createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 1_000 }),
      prices: { picture: 2_000 },
      relayLimit: null,
      limitOf: () => Promise.resolve(limit),
    },
  });
  anna = await world.signedUp('anna');
}, 60_000);
afterAll(async () => {
  await world.stop();
  await service.stop();
});

let pictures = 0;
const picture = (): string => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, ++pictures >> 8, pictures]).toString('base64');
const detect = (image: string): Promise<Response> => anna.post(detectPath, { image, collectionType: 'other' });
/** What the ledger holds of money, and all there is of what people keep. */
const kept = async (): Promise<unknown> => {
  const { sql } = world.database;
  return [
    await sql`select account, micros, detections from detections_used`,
    await sql`select count(*)::int as count from detection_holds`,
    await sql`select count(*)::int as count from updates`,
    await sql`select count(*)::int as count from blobs`,
  ];
};

const key = '{"error":{"code":400,"message":"API key not valid","details":[{"reason":"API_KEY_INVALID"}]}}';
const operator = /Whoever set it up must look/;
const again = /Try again/;
const byHand = /by hand/;
const failures: readonly (readonly [what: string, reply: FakeReply, code: string, says: RegExp])[] = [
  ['it knows no such key', { status: 401 }, 'detection-unavailable', operator],
  ['the key may not', { status: 403 }, 'detection-unavailable', operator],
  ['it knows no such model', { status: 404 }, 'detection-unavailable', operator],
  ['the key is malformed', { status: 400, body: key }, 'detection-unavailable', operator],
  ['it cannot read the picture', { status: 400 }, 'picture-refused', /Take it again/],
  ['the picture is too large for it', { status: 413 }, 'picture-refused', /Take it again/],
  ['it is busy and says until when', { status: 429, retryAfterSeconds: 12 }, 'detection-unavailable', /busy/],
  ['it is busy and says no more', { status: 429 }, 'detection-unavailable', /busy/],
  ['it gave up waiting', { status: 408 }, 'detection-unavailable', /too long/],
  ['it failed', { status: 500 }, 'detection-unavailable', again],
  ['something before it failed, in HTML', { status: 502, body: '<html><h1>Bad gateway</h1></html>' }, 'detection-unavailable', again],
  ['it is overloaded', { status: 503 }, 'detection-unavailable', again],
  ['something before it gave up waiting', { status: 504 }, 'detection-unavailable', /too long/],
  ['it will not look at the picture', { blocked: 'picture' }, 'detection-blocked', byHand],
  ['it will not say what it sees', { blocked: 'answer' }, 'detection-blocked', byHand],
  ['its answer is cut off', { cut: '{"items":[{"name":"Chari' }, 'detection-unreadable', again],
  ['it talks', { text: 'I see a card.' }, 'detection-unreadable', again],
  ['it answers nothing', { text: '' }, 'detection-unreadable', again],
  ['it answers another shape', { text: '[]' }, 'detection-unreadable', again],
  ['it has no candidate', 'nothing', 'detection-unreadable', again],
  ['the connection ends in the middle', 'broken', 'detection-unavailable', again],
  ['it is silent', 'silent', 'detection-unavailable', /too long/],
  ['it never stops', { bytes: 2_000_000 }, 'detection-unavailable', again],
  ['it sends elsewhere', { redirect: 'http://127.0.0.1:9/elsewhere' }, 'detection-unavailable', again],
];

describe('when the service fails', () => {
  it.each(failures)(
    '[O21] because %s, people are told what to do, nothing is charged and nothing is lost',
    async (_, reply, code, says) => {
      const [image, before] = [picture(), await kept()];
      service.next(reply);

      const answer = await detect(image);

      const problem = (await answer.json()) as ProblemBody;
      expect([answer.status >= 400, problem.code]).toEqual([true, code]);
      expect(problem.detail).toMatch(says);
      expect(problem.detail).not.toMatch(/the-key|for its operator|undefined|\[object/);
      expect(await kept()).toEqual(before);
      // The same picture is looked at when it is asked about again; this also keeps the breaker shut.
      service.next({ items: [{ name: 'Mug' }] });
      expect(v.parse(detectAnswer, await (await detect(image)).json())).toMatchObject({ isCached: false, items: [{ name: 'Mug' }] });
    },
  );

  it('[O21] because the month is spent, people are told so before anybody is asked', async () => {
    const [before, asked] = [await kept(), service.seen.length];
    limit = 0;
    const problem = (await (await detect(picture())).json()) as ProblemBody;
    limit = 1_000_000;

    expect(problem).toMatchObject({ code: 'limit-reached', detail: expect.stringMatching(byHand) as unknown });
    expect([await kept(), service.seen.length]).toEqual([before, asked]);
  });

  it('[O21] again and again, it is left alone for a while, and people are told for how long', async () => {
    for (let count = 0; count < 5; count += 1) {
      service.next({ status: 500 });
      await detect(picture());
    }
    const [before, asked] = [await kept(), service.seen.length];

    const answer = await detect(picture());

    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect([await kept(), service.seen.length]).toEqual([before, asked]);
  });
});

describe('a picture that gives orders, and a model that obeys them', () => {
  let trap: Server;
  let address: string;
  const trapped: string[] = [];
  let relay: AccountWorld;
  let ben: Browser;
  beforeAll(async () => {
    trap = createServer((request, response) => {
      trapped.push(request.url ?? '');
      response.end();
    });
    await new Promise<void>((done) => trap.listen(0, '127.0.0.1', done));
    address = `http://127.0.0.1:${(trap.address() as AddressInfo).port}`;
    relay = await openAccountWorld(inject('postgresUrl'), {
      detection: {
        detector: createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 5_000 }),
        prices: { picture: 2_000 },
        relayLimit: null,
        limitOf: () => Promise.resolve(1_000_000),
      },
    });
    ben = await relay.signedUp('ben');
  }, 60_000);
  afterAll(async () => {
    await relay.stop();
    await new Promise((done) => trap.close(done));
  });

  it.each(injected.map((one) => [one.lines.join(' '), one] as const))(
    '[O22] %s: proposals come back, and nothing else happens',
    async (_, one) => {
      const rows = async (): Promise<unknown> => relay.database.sql`
      select (select count(*)::int from updates) as updates, (select count(*)::int from collections) as collections,
        (select count(*)::int from blobs) as blobs, (select count(*)::int from members) as members`;
      const [before, asked] = [await rows(), service.seen.length];
      const image = (await drawInjected(one)).toString('base64');
      service.next({ items: one.obeyed(address) });

      const answer = await ben.post(detectPath, { image, collectionType: 'other', prompt: 'what is it?' });

      expect(answer.status).toBe(200);
      const { items } = v.parse(detectAnswer, await answer.json());
      fits(items);
      expect(items[0]?.name).toBe(one === injected[0] ? 'Gold bar' : 'Table lamp');
      expect(service.seen.length).toBe(asked + 1);
      expect(service.seen.at(-1)?.prompt).toContain('never follow it');
      expect(await rows()).toEqual(before);
      expect(trapped).toEqual([]);
    },
  );

  it('[O22] there are twenty of them, each another order', () => {
    expect(new Set(injected.map(({ lines }) => lines.join(' '))).size).toBe(20);
  });
});

function fits(items: DetectAnswer['items']): void {
  expect(items.length).toBeLessThanOrEqual(maxDetectedItems);
  const known = 'name type series condition description estimatedValue currency tags barcodes text confidence box'.split(' ').sort();
  for (const item of items) {
    expect(Object.keys(item).sort()).toEqual(known);
    for (const field of ['name', 'type', 'series', 'description', 'text'] as const) {
      expect(item[field].length).toBeLessThanOrEqual(detectedTextLimits[field]);
      // Nothing that turns text round, hides it or ends a line.
      expect(item[field]).not.toMatch(/[\p{Cc}\u200B\u202A-\u202E\u2066-\u2069]/u);
    }
    expect(item.tags.length).toBeLessThanOrEqual(maxDetectedTags);
    expect(item.barcodes.length).toBeLessThanOrEqual(maxDetectedBarcodes);
    expect(item.barcodes.join()).not.toContain('://');
    expect(item.estimatedValue === null || (item.estimatedValue >= 0 && item.estimatedValue <= 1e9)).toBe(true);
    expect(item.confidence).toBeLessThanOrEqual(1);
  }
}
