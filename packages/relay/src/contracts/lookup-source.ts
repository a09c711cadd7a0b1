import { afterAll, beforeAll, expect, it } from 'vitest';
import type { LookupFound } from '@cacaw/protocol/http';
import type { FakeSource, SourceReply } from '../../test/fake-source.ts';
import { LookupError, maxFound, type LookupSource } from '../ports/lookup-source.ts';

/** What a service is asked and how it answers, by its own documents. */
export interface SourceExample {
  readonly text: string;
  /** A documented answer, and what it says. */
  readonly answer: unknown;
  readonly found: readonly LookupFound[];
  /** The same answer with one thing of these texts in it and, where the service knows any, this price. */
  answerOf(thing: { readonly name: string; readonly price?: unknown; readonly currency?: string }): unknown;
  /** The same with this many things in it and, where the service pages, more to come. */
  manyOf(count: number): unknown;
  /** What it says when it knows of nothing. */
  readonly nothing: SourceReply;
}

/** What every source must promise; `open` gives one before a fake of its service. */
export function lookupSourceContract(
  open: () => Promise<{ readonly source: LookupSource; readonly service: FakeSource }>,
  example: SourceExample,
): void {
  let source: LookupSource;
  let service: FakeSource;
  beforeAll(async () => ({ source, service } = await open()));
  afterAll(() => service.stop());

  const find = (reply: SourceReply, signal = new AbortController().signal): Promise<readonly LookupFound[]> => {
    service.next(reply);
    return source.find({ subject: source.knows, text: example.text }, signal);
  };
  const failureOf = async (reply: SourceReply): Promise<LookupError> => {
    const error: unknown = await find(reply).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(LookupError);
    return error as LookupError;
  };

  it('[LU1] reads a documented answer, with fields nobody knew of, and asks as documented', async () => {
    expect(await find({ json: example.answer })).toEqual(example.found);
    expect(await find({ json: { ...(example.answer as object), aNewField: { deep: [1] } } })).toEqual(example.found);
  });

  it('[LU1] knowing of nothing is an answer', async () => {
    expect(await find(example.nothing)).toEqual([]);
    expect(await find({ status: 404, body: '{"object":"error","code":"not_found"}' })).toEqual([]);
  });

  it('[LU2] whatever it says fits an item, and no address in it is asked', async () => {
    const before = service.seen.length;
    const name = `${'long '.repeat(200)}\u202Egnp.exe http://evil.example/`;
    const [found] = await find({ json: example.answerOf({ name }) });

    // Two hundred would end in a space.
    expect(found?.name.length).toBe(199);
    expect(found?.name).not.toContain('\u202E');
    expect(await find({ json: example.answerOf({ name: ' \u0000 ' }) })).toEqual([]);
    expect((await find({ json: example.manyOf(175) })).length).toBeLessThanOrEqual(maxFound);
    expect(service.seen.length - before).toBe(3);
  });

  it.each([
    ['1.50', 'EUR'],
    [-1, 'USD'],
    [0, 'USD'],
    [9e99, 'USD'],
    ['NaN', 'USD'],
    [null, 'USD'],
    [3, '€'],
    [3, 'usd'],
    [3, 'BITCOIN'],
  ] as const)('[LU2] %j in %j is a price only with an amount above zero and a currency', async (price, currency) => {
    const found = await find({ json: example.answerOf({ name: 'Thing', price, currency }) });

    expect(found.map(({ name }) => name)).toEqual(['Thing']);
    for (const one of found.flatMap(({ prices }) => prices)) {
      expect(one.amount).toBeGreaterThan(0);
      expect(one.amount).toBeLessThanOrEqual(1e9);
      expect(one.currency).toMatch(/^[A-Z]{3}$/);
    }
  });

  it.each([
    ['unreadable', { status: 200, type: 'text/html', body: '<html><h1>Sorry</h1></html>' }],
    ['unreadable', { json: 'sorry' }],
    ['unreadable', { json: { items: 7, data: 7, 'ISBN:9780980200447': 7 } }],
    ['unreadable', { json: null }],
    ['refused', { status: 400, body: '{"code":"INVALID_UPC"}' }],
    ['unavailable', { status: 500, type: 'text/html', body: '<html><h1>Bad gateway</h1></html>' }],
    ['unavailable', { status: 503 }],
    ['unavailable', { redirect: 'http://127.0.0.1:9/elsewhere' }],
    ['unavailable', { bytes: 2_000_000 }],
    ['unavailable', 'broken'],
  ] as const)('[LU3] says %s when the service answers %j', async (reason, reply) => {
    expect((await failureOf(reply)).reason).toBe(reason);
  });

  it('[LU3] says when a busy service wants to be asked again', async () => {
    expect(await failureOf({ status: 429, retryAfter: '3600' })).toMatchObject({ reason: 'busy', retryAfterMs: 3_600_000 });
    expect(await failureOf({ status: 429, retryAfter: 'soon' })).toMatchObject({ reason: 'busy', retryAfterMs: 60_000 });
  });

  it('[LU3] ends when nobody waits any more', async () => {
    const leaving = new AbortController();
    const asked = find('silent', leaving.signal);
    const before = service.seen.length;
    await expect.poll(() => service.seen.length).toBeGreaterThanOrEqual(before);
    leaving.abort();

    await expect(asked).rejects.toMatchObject({ reason: 'unavailable' });
  });
}
