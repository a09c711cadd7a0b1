import { newCollectionId } from '@cacaw/protocol';
import { problemType } from '@cacaw/protocol/http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { describeRoutes } from '../../src/http/openapi.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { fingerprint } from './fingerprint.ts';
import { hostileQueries, strangeKeys, type QueryParameter } from './invalid-queries.ts';
import { sendRaw, type RawAnswer } from './raw-request.ts';

let world: AccountWorld;
/** The first account, and so also the operator. */
let owner: Browser;
const collection = newCollectionId(systemRandom);

beforeAll(async () => {
  world = await openAccountWorld(inject('postgresUrl'));
  owner = await world.signedUp('owner');
  await owner.post('/api/collections', { id: collection });
}, 60_000);
afterAll(() => world.stop());

interface Described {
  readonly path: string;
  readonly parameters: readonly QueryParameter[];
}

/** Everything that is only read, with the parameters its description names. */
function readings(): readonly Described[] {
  const { paths } = describeRoutes(world.routes, { version: '0' }) as {
    readonly paths: { [path: string]: { readonly get?: { readonly parameters: readonly (QueryParameter & { readonly in: string })[] } } };
  };
  return Object.entries(paths).flatMap(([path, { get }]) =>
    get === undefined ? [] : [{ path: named(path), parameters: get.parameters.filter((one) => one.in === 'query') }],
  );
}

const named = (path: string): string => path.replace('{collection}', collection).replace('{account}', 'B'.repeat(22));

const get = (path: string): Promise<RawAnswer> =>
  sendRaw({ port: world.http.port, method: 'GET', path, headers: { cookie: owner.cookie } });

describe('invalid queries', () => {
  it('[I31] a parameter a description does not allow is a problem of the sender at every route that has any', async () => {
    const before = await fingerprint(world.database.sql);
    const wrong: string[] = [];
    let count = 0;
    for (const { path, parameters } of readings().filter((one) => one.parameters.length > 0))
      for (const { name, query } of hostileQueries(parameters)) {
        const { status, headers, body } = await get(`${path}?${query}`);
        const isProblem = status === 400 && headers['content-type'] === problemType && body.includes('"code":"malformed"');
        if (!isProblem) wrong.push(`${path} ${name}: ${status} ${body.slice(0, 100)}`);
        count += 1;
      }

    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(80);
    expect([await fingerprint(world.database.sql), world.faults]).toEqual([before, []]);
  });

  it('[I31] a route without parameters answers the same whatever stands behind its address', async () => {
    for (const { path } of readings().filter((one) => one.parameters.length === 0)) {
      const plain = await get(path);
      for (const { name, query } of strangeKeys) {
        const { status, body } = await get(`${path}?${query}`);

        expect([status, body], `${path} ${name}`).toEqual([plain.status, plain.body]);
      }
    }
    expect(world.faults).toEqual([]);
  });
});
