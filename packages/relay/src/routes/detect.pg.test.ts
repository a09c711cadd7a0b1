import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { gemini, startFakeVision, type FakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { newCollectionId, type AccountId, type CollectionId } from '@cacaw/protocol';
import { detectAnswer, detectPath, type DetectAnswer, type DetectBatchLine, type DetectionBudgetAnswer } from '@cacaw/protocol/http';
import * as v from 'valibot';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { hashOf, jpegOf, sendBlob } from '../../test/photo-sender.ts';
import { createMemoryRateLimiter } from '../adapters/memory/rate-limiter.ts';
import { createPostgresDetectionLedger } from '../adapters/postgres/detection-ledger.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import { detectionLedgerContract } from '../contracts/detection-ledger.ts';
import { limits } from '../http/limits.ts';
import { holdMs, type DetectionLedger, type HoldId } from '../ports/detection-ledger.ts';
import { variantName } from '../photos/names.ts';

const key = 'operators-own-key';
let service: FakeVision;
let world: AccountWorld;
let limitsAsked = 0;
let limit = 200_000;
beforeAll(async () => {
  service = await startFakeVision(gemini);
  world = await openAccountWorld(inject('postgresUrl'), {
    limiter: createMemoryRateLimiter(systemClock, {
      ...limits,
      'sign-up': { points: 100, windowMs: 60_000 },
      'sign-in': { points: 100, windowMs: 60_000 },
    }),
    detection: {
      detector: createGeminiDetector({ apiKey: key, model: 'fake-vision', baseUrl: service.url, patienceMs: 500 }),
      prices: { picture: 2_000, tokens: { input: 300_000, output: 2_500_000 } },
      relayLimit: null,
      limitOf: () => {
        limitsAsked += 1;
        return Promise.resolve(limit);
      },
    },
  });
});
afterAll(async () => {
  await world.stop();
  await service.stop();
});

let pictures = 0;
/** Bytes that begin like a JPEG, never the same twice. */
const picture = (): string => Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0, ++pictures >> 8, pictures]).toString('base64');
const mug = { name: 'Mug', box: [0, 0, 500, 500], confidence: 0.8 };
const detect = (browser: Browser, image = picture(), more: object = {}): Promise<Response> =>
  browser.post(detectPath, { image, collectionType: 'other', ...more });
const codeOf = async (answer: Response): Promise<string> => ((await answer.json()) as { readonly code: string }).code;
const answerOf = async (answer: Response): Promise<DetectAnswer> => {
  expect(answer.status).toBe(200);
  return v.parse(detectAnswer, await answer.json());
};
const batch = async (browser: Browser, images: readonly string[]): Promise<DetectBatchLine[]> => {
  const answer = await browser.post(`${detectPath}/batch`, { images, collectionType: 'other' });
  expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
  return (await answer.text())
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as DetectBatchLine);
};

describe('the ledger of detections in PostgreSQL', () => {
  const ids: AccountId[] = [];
  beforeAll(async () => {
    for (const name of ['ledger-anna', 'ledger-ben']) {
      const browser = await world.signedUp(name);
      ids.push(((await (await browser.get('/api/account')).json()) as { accountId: AccountId }).accountId);
    }
  });
  detectionLedgerContract(async () => {
    await world.database.sql`truncate detection_holds, detections_used`;
    const [anna, ben] = ids as [AccountId, AccountId];
    return { ledger: createPostgresDetectionLedger(world.database.database, systemRandom), anna, ben };
  });

  it('[O64] what an account had spent and lost counts in the month of the relay when it is erased', async () => {
    const { sql, database } = world.database;
    await sql`truncate detection_holds, detections_used`;
    const ledger = createPostgresDetectionLedger(database, systemRandom);
    const browser = await world.signedUp('ledger-cora');
    const { accountId: account } = (await (await browser.get('/api/account')).json()) as { accountId: AccountId };
    const ask = { account, nowMs: Date.now(), least: 5_000, most: 5_000, accountLimit: 20_000, relayLimit: 12_000 };
    for (const isLost of [false, true]) {
      const hold = await ledger.hold(ask);
      if ('refused' in hold) throw new Error(hold.refused);
      await (isLost ? ledger.lose(hold.held, 5_000) : ledger.settle(hold.held, { account, micros: 5_000, nowMs: ask.nowMs }));
    }
    await sql`delete from profiles where account = ${account}`;

    expect((await ledger.spentByAll(ask.nowMs)).micros).toBe(10_000);
    expect(await ledger.hold({ ...ask, account: ids[0] as AccountId })).toEqual({ refused: 'relay', left: 2_000, isHeld: false });
    await sql`truncate detections_of_erased`;
  });

  it('[O64] what was being looked at for an account that is erased meanwhile counts in the month of the relay, and a hold that lapsed does not', async () => {
    const { sql, database } = world.database;
    await sql`truncate detection_holds, detections_used, detections_of_erased`;
    const ledger = createPostgresDetectionLedger(database, systemRandom);
    const browser = await world.signedUp('ledger-dora');
    const { accountId: account } = (await (await browser.get('/api/account')).json()) as { accountId: AccountId };
    const nowMs = Date.now();
    const ask = { account, nowMs, least: 4_000, most: 4_000, accountLimit: 20_000, relayLimit: 12_000 };
    const held = async (): Promise<HoldId> => {
      const hold = await ledger.hold(ask);
      if ('refused' in hold) throw new Error(hold.refused);
      return hold.held;
    };
    const [lapsed, first, second] = [await held(), await held(), await held()];
    await sql`delete from detection_holds where hold = ${lapsed}`;
    await ledger.settle(lapsed, { account, micros: 4_000, nowMs });
    expect((await ledger.spentByAll(nowMs)).micros).toBe(0);
    await sql`delete from profiles where account = ${account}`;

    // Set aside until it is known what it cost, for nobody.
    const other = { ...ask, account: ids[0] as AccountId, least: 8_000, most: 8_000 };
    expect(await ledger.hold(other)).toEqual({ refused: 'relay', left: 12_000, isHeld: true });
    expect(await sql`select account from detection_holds where account is not null`).toEqual([]);
    await ledger.settle(first, { account, micros: 3_000, nowMs });
    await ledger.lose(second, 2_000);
    await ledger.settle(first, { account, micros: 3_000, nowMs });

    expect((await ledger.spentByAll(nowMs)).micros).toBe(5_000);
    expect(await ledger.hold(other)).toEqual({ refused: 'relay', left: 7_000, isHeld: false });
    await sql`truncate detections_of_erased`;
  });

  it('[O64] an erasure under way while a picture is charged loses none of its cost', async () => {
    const { sql, database } = world.database;
    await sql`truncate detection_holds, detections_used, detections_of_erased`;
    const ledger = createPostgresDetectionLedger(database, systemRandom);
    const browser = await world.signedUp('ledger-emil');
    const { accountId: account } = (await (await browser.get('/api/account')).json()) as { accountId: AccountId };
    const nowMs = Date.now();
    const hold = await ledger.hold({ account, nowMs, least: 4_000, most: 4_000, accountLimit: 20_000, relayLimit: null });
    if ('refused' in hold) throw new Error(hold.refused);
    let settled: Promise<unknown> | undefined;
    await sql.begin(async (erasing) => {
      await erasing`delete from profiles where account = ${account}`;
      const settling = ledger.settle(hold.held, { account, micros: 3_000, nowMs });
      settled = settling;
      const isDone = settling.then(() => true);
      while ((await sql`select from pg_stat_activity where wait_event_type = 'Lock' and query like '%detection_holds%'`).length === 0)
        if (await Promise.race([isDone, Promise.resolve(false)])) break;
    });
    await settled;

    expect((await ledger.spentByAll(nowMs)).micros).toBe(3_000);
    await sql`truncate detections_of_erased`;
  });

  it('[O7] who asks while money is being set aside by another relay waits for it, and gets no more than is left', async () => {
    const { sql, database } = world.database;
    await sql`truncate detection_holds, detections_used`;
    const [anna, ben] = ids as [AccountId, AccountId];
    const [now, ask] = [Date.now(), { least: 5_000, most: 5_000, accountLimit: 8_000, relayLimit: 8_000 }];
    const waiting = async (): Promise<number> =>
      (
        await sql`select from pg_locks where locktype = 'advisory' and not granted
          and database = (select oid from pg_database where datname = current_database())`
      ).length;
    let answer: ReturnType<DetectionLedger['hold']> | undefined;
    await sql.begin(async (other) => {
      await other`select detection_set_aside('h', ${anna}, ${new Date(now)}, ${new Date(now + holdMs)}, 5000, 5000, 4, 8000, 8000)`;
      const asked = createPostgresDetectionLedger(database, systemRandom).hold({ ...ask, account: ben, nowMs: now });
      answer = asked;
      const isAnswered = asked.then(() => true);
      while ((await waiting()) === 0) if (await Promise.race([isAnswered, Promise.resolve(false)])) break;
    });

    expect(await answer).toEqual({ refused: 'relay', left: 8_000, isHeld: true });
  });
});

describe('a picture', () => {
  let somebody: Browser;
  beforeAll(async () => {
    somebody = await world.signedUp('somebody');
  });

  it('[O8] is looked at for who is signed in, and answered with what it cost', async () => {
    const anna = await world.signedUp('anna');
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });

    const answer = await answerOf(await detect(anna, `data:image/png;base64,${picture()}`));

    expect(answer).toMatchObject({
      items: [{ name: 'Mug', box: { x: 0, y: 0, width: 0.5, height: 0.5 } }],
      confidence: 0.8,
      source: 'gemini',
      model: 'fake-vision-1',
      isCached: false,
      budget: { spent: 0.0008, limit: 0.2, perPicture: 0.002 },
    });
    expect(service.seen.at(-1)).toMatchObject({ mediaType: 'image/jpeg', key });
    expect(await (await anna.get(`${detectPath}/budget`)).json()).toEqual(answer.budget);
  });

  it('[O8] is not looked at for who is not', async () => {
    const before = service.seen.length;

    expect((await detect(world.browser())).status).toBe(401);
    expect(
      (await world.browser().post(detectPath, { image: picture(), collectionType: 'x' }, { authorization: 'Bearer nothing' })).status,
    ).toBe(401);

    expect(service.seen.length).toBe(before);
  });

  it.each([
    ['text', Buffer.from('<svg onload=alert(1)>').toString('base64')],
    ['GIF', Buffer.from('GIF89a0000000000').toString('base64')],
    ['too short', '/9j/'.slice(0, 3)],
  ])('[O8] that is %s is refused before anybody is asked', async (name, image) => {
    const before = service.seen.length;

    expect(await codeOf(await detect(somebody, image)), name).toBe('picture-refused');

    expect(service.seen.length).toBe(before);
  });

  it('[O8] that is no base64, or an address to fetch, is malformed', async () => {
    for (const image of ['%%%%', 'http://127.0.0.1/picture.jpg', 'file:///etc/passwd'])
      expect(await codeOf(await detect(somebody, image)), image).toBe('malformed');
  });

  it('[O9] asked about again costs nothing, and only for the account that asked', async () => {
    const [cara, dora] = [await world.signedUp('cara'), await world.signedUp('dora')];
    const image = picture();
    service.next({ items: [mug] });
    const first = await answerOf(await detect(cara, image));

    const again = await answerOf(await detect(cara, image));
    expect(again).toMatchObject({ items: first.items, isCached: true, budget: first.budget });
    expect((await answerOf(await detect(cara, image, { prompt: 'the brand is Sony' }))).isCached).toBe(false);
    expect((await answerOf(await detect(dora, image))).isCached).toBe(false);
  });

  it('[O9] stands in no table in the clear, and goes with the account', async () => {
    const eve = await world.signedUp('eve');
    service.next({ items: [{ ...mug, name: 'Grandmother teapot' }] });
    await detect(eve);

    const rows = await world.database.sql<{ answer: Uint8Array }[]>`select answer from detection_answers`;
    expect(rows.length).toBeGreaterThan(0);
    for (const { answer } of rows) expect(Buffer.from(answer).includes('teapot')).toBe(false);
  });

  it.each([
    [{ blocked: 'picture' }, 'detection-blocked', 422],
    [{ cut: '{"items":[{"na' }, 'detection-unreadable', 502],
    [{ status: 500 }, 'detection-unavailable', 503],
    ['broken', 'detection-unavailable', 503],
    ['silent', 'detection-unavailable', 503],
    [{ status: 400 }, 'picture-refused', 422],
  ] as const)('[O10] is not charged when the service answers %j', async (reply, code, status) => {
    const before = (await (await somebody.get(`${detectPath}/budget`)).json()) as DetectionBudgetAnswer;
    service.next(reply);

    const answer = await detect(somebody);

    expect([answer.status, await codeOf(answer)]).toEqual([status, code]);
    expect(await (await somebody.get(`${detectPath}/budget`)).json()).toEqual(before);
    service.next({ items: [], tokens: { input: 1, output: 1 } });
    expect(await answerOf(await detect(somebody))).toMatchObject({ isCached: false });
  });

  it('[O15] is answered when what was charged cannot be kept, and costs once more when it is asked again', async () => {
    const [browser, image] = [await world.signedUp('unkept'), picture()];
    await world.database.sql`alter table detection_answers add constraint nothing check (false) not valid`;
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });
    const answer = await detect(browser, image);
    await world.database.sql`alter table detection_answers drop constraint nothing`;

    expect(await answerOf(answer)).toMatchObject({ items: [{ name: 'Mug' }], isCached: false, budget: { spent: 0.0008 } });
    expect(world.faults.splice(0)).toEqual([expect.stringContaining('was not kept')]);
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });
    expect(await answerOf(await detect(browser, image))).toMatchObject({ isCached: false, budget: { spent: 0.0016 } });
  });

  it('[O15] asks once what the account may spend', async () => {
    const browser = await world.signedUp('asked-once');
    limitsAsked = 0;
    service.next({ items: [mug] });

    await answerOf(await detect(browser));

    expect(limitsAsked).toBe(1);
  });

  it('[O10] says when a busy service may be asked again', async () => {
    service.next({ status: 429, retryAfterSeconds: 12 });

    const answer = await detect(somebody);

    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '12']);
  });

  it('[O11] is refused when the month is spent, before anybody is asked', async () => {
    const browser = await world.signedUp('spender');
    limit = 10_000;
    service.next({ items: [], tokens: { input: 1_000, output: 3_880 } });
    await answerOf(await detect(browser));
    const before = service.seen.length;

    expect(await codeOf(await detect(browser))).toBe('limit-reached');

    limit = 200_000;
    expect(service.seen.length).toBe(before);
  });

  it('[O50] is looked at also when little is left, and then its answer may be as long as that pays for', async () => {
    const browser = await world.signedUp('saver');
    await detect(browser);
    expect(service.seen.at(-1)?.mostTokens).toBe(16_384);
    limit = 12_000;
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });

    expect(await answerOf(await detect(browser))).toMatchObject({ items: [{ name: 'Mug' }] });
    expect(service.seen.at(-1)?.mostTokens).toBe(2_048);
    limit = 5_000;
    const missing = await detect(browser);

    limit = 200_000;
    expect(((await missing.json()) as { readonly detail: string }).detail).toMatch(
      /^What is left of your detections of this month \(\$0\.0\d{3}\) does not pay for a picture, which may cost \$0\.0\d{3}\. Enter/,
    );
  });
});

describe('a stored photo', () => {
  let photo: Uint8Array;
  let collection: CollectionId;
  let gina: Browser;
  const byHash = (browser: Browser, hash: string = hashOf(photo)): Promise<Response> =>
    browser.post(detectPath, { photo: hash, collection, collectionType: 'other' });
  beforeAll(async () => {
    [gina, photo] = [await world.signedUp('gina'), await jpegOf(320, 200)];
    collection = newCollectionId(systemRandom);
    await gina.post('/api/collections', { id: collection });
    await sendBlob(gina, { collection, bytes: photo });
  });

  it('[O16] is looked at by its hash, as it is served, and asked about again by another device costs nothing', async () => {
    service.next({ items: [mug] });

    expect(await answerOf(await byHash(gina))).toMatchObject({ items: [{ name: 'Mug' }], isCached: false });

    expect(service.seen.at(-1)?.mediaType).toBe('image/webp');
    expect(Buffer.from(service.seen.at(-1)?.picture ?? []).toString('latin1', 8, 12)).toBe('WEBP');
    expect(await answerOf(await byHash(gina))).toMatchObject({ items: [{ name: 'Mug' }], isCached: true });
  });

  it('[O28] is answered to who asks only for what is known, and otherwise asked of nobody and charged to nobody', async () => {
    const other = await jpegOf(340, 210, 9);
    await sendBlob(gina, { collection, bytes: other });
    const known = (): Promise<Response> =>
      gina.post(detectPath, { photo: hashOf(other), collection, collectionType: 'other', onlyKnown: true });
    const spent = async (): Promise<unknown> => (await gina.get(`${detectPath}/budget`)).json();
    const [before, budget] = [service.seen.length, await spent()];

    const answer = await known();

    expect([answer.status, await codeOf(answer)]).toEqual([409, 'not-asked-before']);
    expect([service.seen.length, await spent()]).toEqual([before, budget]);
    service.next({ items: [mug] });
    await answerOf(await byHash(gina, hashOf(other)));
    expect(await answerOf(await known())).toMatchObject({ items: [{ name: 'Mug' }], isCached: true });
    expect(service.seen.length).toBe(before + 1);
  });

  it('[O40] that two devices of an account ask for at once by one seal is charged once, also after the collection has changed', async () => {
    const shelf = await jpegOf(350, 210, 11);
    await sendBlob(gina, { collection, bytes: shelf });
    const sealed = async (more: object): Promise<Response> =>
      gina.post(detectPath, { photo: hashOf(shelf), collection, collectionType: 'other', seal: 'a'.repeat(22), ...more });
    const spent = async (): Promise<number> => ((await (await gina.get(`${detectPath}/budget`)).json()) as DetectionBudgetAnswer).spent;
    const [asked, before] = [service.seen.length, await spent()];
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });

    const both = await Promise.all([sealed({ language: 'de' }), sealed({ language: 'en', currency: 'CHF' })]);
    const answers = await Promise.all(both.map(answerOf));
    expect(answers.filter(({ isCached }) => isCached).length).toBe(1);

    const later = { language: 'fr', currency: 'USD', collectionType: 'books' };
    expect(await answerOf(await sealed({ ...later, onlyKnown: true }))).toMatchObject({ items: [{ name: 'Mug' }], isCached: true });
    expect(await answerOf(await sealed(later))).toMatchObject({ items: [{ name: 'Mug' }], isCached: true });
    expect(service.seen.length).toBe(asked + 1);
    expect(await spent()).toBeCloseTo(before + 0.0008, 6);
    for (const seal of ['a'.repeat(21), 'a'.repeat(23), `${'a'.repeat(21)}!`, 7, null, ''])
      expect(await codeOf(await sealed({ seal }))).toBe('malformed');
  });

  it('[O16] is looked at for a viewer, who pays, until they are removed: then not even what they were answered is told', async () => {
    const vera = await world.signedUp('detect-vera');
    const made = await gina.post(`/api/collections/${collection}/invites`, { role: 'viewer' });
    const { link } = (await made.json()) as { readonly link: string };
    await vera.post('/api/invites/accept', { secret: new URL(link).hash.slice(1) });
    const spent = async (browser: Browser): Promise<number> =>
      ((await (await browser.get(`${detectPath}/budget`)).json()) as DetectionBudgetAnswer).spent;
    const owners = await spent(gina);
    service.next({ items: [mug], tokens: { input: 1_000, output: 200 } });
    await answerOf(await byHash(vera));
    expect([await spent(vera), await spent(gina)]).toEqual([0.0008, owners]);

    const { accountId } = (await (await vera.get('/api/account')).json()) as { readonly accountId: string };
    await gina.send(`/api/collections/${collection}/members/${accountId}`, { method: 'DELETE', headers: { origin: world.origin } });
    expect(await codeOf(await byHash(vera))).toBe('unknown');
    const known = await vera.post(detectPath, { photo: hashOf(photo), collection, collectionType: 'other', onlyKnown: true });
    expect(await codeOf(known)).toBe('unknown');
  });

  it('[O16] is not looked at for who is no member, and nobody else learns that it is there', async () => {
    const [before, stranger] = [service.seen.length, await world.signedUp('stranger')];

    const answer = await byHash(stranger);

    expect([answer.status, await codeOf(answer)]).toEqual([404, 'unknown']);
    expect(service.seen.length).toBe(before);
  });

  it('[O16] that has not arrived yet, or was damaged, has a problem of its own', async () => {
    const answer = await byHash(gina, 'f'.repeat(64));
    expect([answer.status, await codeOf(answer)]).toEqual([409, 'photo-not-stored']);

    const other = await jpegOf(330, 200, 5);
    await sendBlob(gina, { collection, bytes: other });
    await world.blobStore.delete(variantName({ collection, hash: hashOf(other) }, 'full'));
    expect(await codeOf(await byHash(gina, hashOf(other)))).toBe('photo-not-stored');
  });

  it('[O16] several are a batch like any other; one that is missing fails alone', async () => {
    const answer = await gina.post(`${detectPath}/batch`, { photos: [hashOf(photo), 'e'.repeat(64)], collection, collectionType: 'other' });
    const lines = (await answer.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as DetectBatchLine);

    expect(lines.find(({ index }) => index === 0)).toMatchObject({ answer: { isCached: true } });
    expect(lines.find(({ index }) => index === 1)).toMatchObject({ problem: { code: 'photo-not-stored' } });
  });

  it('[O16] is named with its collection or sent, never both', async () => {
    for (const body of [{ photo: hashOf(photo) }, { photo: hashOf(photo), collection, image: picture() }, { collection }])
      expect(await codeOf(await gina.post(detectPath, { ...body, collectionType: 'other' }))).toBe('malformed');
  });
});

describe('a batch', () => {
  it('[O12] is answered picture by picture; one that fails fails alone', async () => {
    const browser = await world.signedUp('batch');
    const lines = await batch(browser, [picture(), 'bm8gcGljdHVyZQ==', picture()]);

    expect(lines.map(({ index }) => index).sort((one, two) => one - two)).toEqual([0, 1, 2]);
    for (const line of lines) {
      if (line.index === 1) expect(line).toMatchObject({ problem: { code: 'picture-refused' } });
      else expect(line).toMatchObject({ answer: { source: 'gemini' } });
    }
  });

  it('[O13] counts each picture like a request, failed and cached alike, and says when to come back', async () => {
    const browser = await world.signedUp('counted');
    const images = Array.from({ length: 20 }, () => 'bm8gcGljdHVyZQ==');
    for (let count = 0; count < 5; count += 1) await batch(browser, images);

    const answer = await detect(browser);

    expect([answer.status, await codeOf(answer.clone())]).toEqual([429, 'rate-limit']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  it('[O13] asking only for what is known counts like any other, in vain or not', async () => {
    const browser = await world.signedUp('knower');
    const collection = newCollectionId(systemRandom);
    await browser.post('/api/collections', { id: collection });
    const bytes = await jpegOf(320, 200, 77);
    await sendBlob(browser, { collection, bytes });
    const ask = async (more: object): Promise<readonly [status: number, left: number]> => {
      const answer = await browser.post(detectPath, { photo: hashOf(bytes), collection, collectionType: 'other', ...more });
      return [answer.status, Number(/;r=(\d+);/.exec(answer.headers.get('ratelimit') ?? '')?.[1])];
    };

    expect(await ask({ onlyKnown: true })).toEqual([409, 99]);
    expect(await ask({})).toEqual([200, 98]);
    expect(await ask({ onlyKnown: true })).toEqual([200, 97]);
  });

  it('[O12] ends what has not been sent when whoever asked leaves', async () => {
    const browser = await world.signedUp('leaver');
    const token = await browser.token();
    const before = service.seen.length;
    service.next('silent', 'silent', 'silent', 'silent');
    const leaving = new AbortController();
    const asked = fetch(`${world.http.url}${detectPath}/batch`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ images: Array.from({ length: 8 }, picture), collectionType: 'other' }),
      signal: leaving.signal,
    }).then((answer) => answer.text());
    await expect.poll(() => service.seen.length).toBe(before + 4);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    // What the service has it is paid for: only its own silence ends it.
    await expect.poll(() => service.left()).toBeGreaterThanOrEqual(4);

    await answerOf(await detect(browser));
    expect(service.seen.length).toBe(before + 5);
  });
});
