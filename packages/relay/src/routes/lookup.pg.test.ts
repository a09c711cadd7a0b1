import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lookupAnswer, lookupPath } from '@cacaw/protocol/http';
import * as v from 'valibot';
import { openAccountWorld, type AccountWorld } from '../../test/account-world.ts';
import type { Browser } from '../../test/browser.ts';
import { openLibraryWire, startFakeSource, upcItemDbWire, type FakeSource } from '../../test/fake-source.ts';
import { createOpenLibrary } from '../adapters/open-library/lookup-source.ts';
import { createUpcItemDb } from '../adapters/upcitemdb/lookup-source.ts';

const agent = 'Cacaw/0 (http://localhost)';
let services: readonly [books: FakeSource, products: FakeSource];
let world: AccountWorld;
let anna: Browser;
beforeAll(async () => {
  services = [await startFakeSource(openLibraryWire), await startFakeSource(upcItemDbWire)];
  const [books, products] = services;
  world = await openAccountWorld(inject('postgresUrl'), {
    lookupSources: [createOpenLibrary({ baseUrl: books.url, agent }), createUpcItemDb({ baseUrl: products.url, agent })],
  });
  anna = await world.signedUp('lookup-anna');
});
afterAll(async () => {
  await world.stop();
  await Promise.all(services.map((service) => service.stop()));
});

describe('looking things up at a relay', () => {
  it('[LU6] says whom it may ask, and asks only whom the person names, about thirteen digits', async () => {
    const [books, products] = services;
    const listed = (await (await anna.get(lookupPath)).json()) as { readonly sources: readonly { readonly name: string }[] };
    expect(listed.sources.map(({ name }) => name)).toEqual(['open-library', 'upcitemdb']);

    books.next({ json: { 'ISBN:9780980200447': { title: 'Slow reading' } } });
    const answer = await anna.post(lookupPath, { subject: 'code', text: '0-9802004-4-x', sources: ['open-library'] });

    expect(v.parse(lookupAnswer, await answer.json())).toMatchObject({ found: [{ name: 'Slow reading' }], failed: [] });
    expect(books.seen).toEqual(['/api/books?bibkeys=ISBN%3A9780980200447&jscmd=data&format=json']);
    expect(products.seen).toEqual([]);
  });

  it('[LU5] one that fails fails alone, with when it may be asked again', async () => {
    const [, products] = services;
    products.next({ status: 429, retryAfter: '120' });
    const answer = await anna.post(lookupPath, { subject: 'code', text: '036000291452', sources: ['open-library', 'upcitemdb'] });

    expect(v.parse(lookupAnswer, await answer.json())).toMatchObject({
      found: [],
      failed: [{ source: 'upcitemdb', reason: 'busy', retryAfterMs: 120_000 }],
    });
  });

  it('[LU6] a code that was misread is said before anybody is asked', async () => {
    const asked = services.map(({ seen }) => seen.length);
    const answer = await anna.post(lookupPath, { subject: 'code', text: '036000291453', sources: ['upcitemdb'] });

    expect([answer.status, ((await answer.json()) as { readonly detail: string }).detail]).toEqual([
      404,
      '“036000291453” is no EAN, UPC or ISBN, or was misread. Check its digits.',
    ]);
    expect(services.map(({ seen }) => seen.length)).toEqual(asked);
  });
});
