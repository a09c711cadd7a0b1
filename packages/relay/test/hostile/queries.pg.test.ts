import { newCollectionId } from '@cacaw/protocol';
import { problemType } from '@cacaw/protocol/http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { authPaths } from '../../src/accounts/auth-paths.ts';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { describeRoutes } from '../../src/http/openapi.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { fingerprint } from './fingerprint.ts';
import { hostileNames, hostileQueries, strangeKeys, type QueryParameter } from './invalid-queries.ts';
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

const hash = 'a'.repeat(64);
const named = (path: string): string =>
  path.replace('{collection}', collection).replace('{account}', 'B'.repeat(22)).replace('{hash}', hash).replace('{token}', 'T'.repeat(22));

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

  it('[I31] nor does the door of the accounts answer a query with more than a problem of the sender', async () => {
    const places = Object.entries(authPaths).filter(([, { method }]) => method === 'GET');
    for (const [path] of places)
      for (const { name, query } of hostileQueries([
        { name: 'token', schema: {} },
        { name: 'disableCookieCache', schema: {} },
      ])) {
        const { status, body } = await get(`/api/auth${path}?${query}`);

        expect(status, `${path} ${name} ${body.slice(0, 200)}`).toBeLessThan(500);
      }
    expect(places.length).toBeGreaterThan(0);
    expect(world.faults).toEqual([]);
  });
});

const filled = (path: string): string => path.replace(':collection', collection).replace(':hash', hash).replace(/:\w+/g, 'B'.repeat(22));

describe('invalid names in paths', () => {
  it('[I33] what names nothing is unknown, to whoever asks, wherever it stands', async () => {
    const before = await fingerprint(world.database.sql);
    const tries = world.routes.flatMap(({ method, path }) =>
      (path.match(/:\w+/g) ?? []).flatMap((part) =>
        Object.values(hostileNames).map((name) => ({ method, path: filled(path.replace(part, name)) })),
      ),
    );
    const wrong: string[] = [];
    for (const { method, path } of tries)
      for (const headers of [{}, { cookie: owner.cookie, origin: world.origin }]) {
        const { status, body } = await sendRaw({ port: world.http.port, method, path, headers });
        if (status !== 404 || !body.includes('"code":"unknown"'))
          wrong.push(`${method} ${path.slice(0, 80)}: ${status} ${body.slice(0, 100)}`);
      }

    expect(wrong).toEqual([]);
    expect(tries.length).toBeGreaterThan(250);
    expect([await fingerprint(world.database.sql), world.faults]).toEqual([before, []]);
  });

  it('[I33] nor does a page, a file or a lane answer one with a fault', async () => {
    for (const [what, name] of Object.entries(hostileNames))
      for (const path of [
        `/${name}`,
        `/_app/${name}`,
        `/c/${name}`,
        `/api/${name}`,
        `/yjs/${name}/free.notebook`,
        `/yjs/${collection}/${name}`,
      ]) {
        const { status } = await get(path);

        expect(status, `${path.slice(0, 60)} ${what}`).toBeGreaterThanOrEqual(400);
        expect(status, `${path.slice(0, 60)} ${what}`).toBeLessThan(500);
      }
    expect(world.faults).toEqual([]);
  });
});
