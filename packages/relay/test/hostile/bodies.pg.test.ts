import { toJsonSchema } from '@valibot/to-json-schema';
import { newCollectionId } from '@cacaw/protocol';
import { problemType } from '@cacaw/protocol/http';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { authPaths } from '../../src/accounts/auth-paths.ts';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { describeRoutes } from '../../src/http/openapi.ts';
import { openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { fingerprint } from './fingerprint.ts';
import { brokenBodies, mutationsOf, sampleOf, type HostileBody, type JsonSchema } from './invalid-bodies.ts';
import { sendRaw, type RawAnswer } from './raw-request.ts';

let world: AccountWorld;
let owner: Browser;
let origin: string;
const collection = newCollectionId(systemRandom);

beforeAll(async () => {
  // A relay that looks at pictures reads their bodies; nobody may spend anything, so nobody is asked.
  const detector = createGeminiDetector({ apiKey: 'none', model: 'none', baseUrl: 'http://127.0.0.1:9', patienceMs: 1 });
  const detection = { detector, prices: { picture: 1 }, relayLimit: null, limitOf: () => Promise.resolve(0) };
  world = await openAccountWorld(inject('postgresUrl'), { detection });
  origin = `http://localhost:${world.http.port}`;
  owner = await world.signedUp('owner');
  await owner.post('/api/collections', { id: collection });
  await owner.post(`/api/collections/${collection}/invites`, { role: 'viewer' });
  // Makes the signing key, which nothing below may.
  await owner.token();
}, 60_000);
afterAll(() => world.stop());

/** Somewhere a body can be sent to, with what its description says. */
interface Place {
  readonly method: string;
  readonly path: string;
  readonly schema: JsonSchema;
}

interface Operation {
  readonly requestBody?: { readonly content: { readonly 'application/json'?: { readonly schema: JsonSchema } } };
}

function placesOfRoutes(): readonly Place[] {
  const { paths } = describeRoutes(world.routes, { version: '0' }) as {
    readonly paths: { [path: string]: { [method: string]: Operation } };
  };
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { requestBody }]) => {
      const json = requestBody?.content['application/json'];
      return json === undefined ? [] : [{ method, path: named(path), schema: json.schema }];
    }),
  );
}

const named = (path: string): string =>
  path.replace('{collection}', collection).replace('{account}', 'B'.repeat(22)).replace('{invite}', 'I'.repeat(22));

/** Where the library alone says what a body holds: the fields its operations know. */
const fieldsOfTheLibrary: JsonSchema = {
  type: 'object',
  properties: Object.fromEntries(
    ['password', 'code', 'id', 'name', 'response'].map((name) => [name, { type: 'string', pattern: '^[a-z]{8}$' }]),
  ),
};
/** They take no body and do something, whatever is sent. */
const bodiless = new Set(['/sign-out', '/revoke-sessions', '/revoke-other-sessions']);

const placesOfDoor = (): readonly Place[] =>
  Object.entries(authPaths)
    .filter(([, { method }]) => method === 'POST')
    .map(([path, { body }]) => ({
      method: 'post',
      path: `/api/auth${path}`,
      schema:
        body === undefined
          ? bodiless.has(path)
            ? {}
            : fieldsOfTheLibrary
          : (toJsonSchema(body as never, { typeMode: 'input', errorMode: 'ignore' }) as JsonSchema),
    }));

const send = ({ method, path }: Place, body: HostileBody): Promise<RawAnswer> =>
  sendRaw({
    port: world.http.port,
    method,
    path,
    headers: { 'content-type': body.contentType ?? 'application/json', cookie: owner.cookie, origin },
    bytes: body.bytes,
    isChunked: body.isChunked,
  });

const refusals = ['malformed', 'too-large', 'media-type'];

/** What was answered other than by a problem with what was sent. */
function complaint(what: string, { status, headers, body }: RawAnswer, codes: readonly string[]): string[] {
  const isProblem = status >= 400 && status < 500 && headers['content-type'] === problemType;
  return isProblem && codes.includes((JSON.parse(body) as { readonly code: string }).code)
    ? []
    : [`${what}: ${status} ${body.slice(0, 200)}`];
}

/** There is room for so many large bodies at once; whoever is told so comes again. */
const isBusy = ({ status, body }: RawAnswer): boolean => status === 503 && body.includes('"code":"busy"');

/** Sends every body to every place, 64 at once; gives back what was not refused, and how many were sent. */
async function attack(places: readonly Place[], bodiesOf: (place: Place) => readonly HostileBody[], codes: readonly string[]) {
  const tries = places.flatMap((place) => bodiesOf(place).map((body) => ({ place, body })));
  const wrong: string[] = [];
  const next = async (): Promise<void> => {
    for (let one = tries.pop(); one !== undefined; one = tries.pop()) {
      const { place, body } = one;
      const answer = await send(place, body);
      if (isBusy(answer)) tries.unshift(one);
      else wrong.push(...complaint(`${place.method} ${place.path} ${body.name}`, answer, codes));
    }
  };
  const count = tries.length;
  await Promise.all(Array.from({ length: 64 }, next));
  return { wrong: wrong.sort(), count };
}

/** Every try of the door at night, one in three by day: it hashes passwords and answers at set moments. */
const stride = process.env['CACAW_HOSTILE'] === 'full' ? 1 : 3;

describe('invalid bodies', () => {
  it('[I20] a body its description does not allow is a problem of the sender at every route, and nothing is stored', async () => {
    const [before, mails] = [await fingerprint(world.database.sql), world.mailer.sent.length];

    const { wrong, count } = await attack(
      placesOfRoutes(),
      ({ schema }) => [...mutationsOf(schema), ...brokenBodies(sampleOf(schema))],
      refusals,
    );

    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(300);
    expect(await fingerprint(world.database.sql)).toEqual(before);
    expect([world.mailer.sent.length, world.faults]).toEqual([mails, []]);
  });

  it('[I20] a body its description allows is not refused for its shape', async () => {
    const answers = await Promise.all(
      placesOfRoutes().map(async (place) => {
        const bytes = new TextEncoder().encode(JSON.stringify(sampleOf(place.schema)));
        return `${place.method} ${place.path} ${(await send(place, { name: 'good', bytes })).body}`;
      }),
    );

    // Which tiers there are is configuration, so that its schema allows any name.
    for (const answer of answers.filter((one) => !one.includes('There is no tier')))
      for (const code of refusals) expect(answer).not.toContain(`"${code}"`);
  });

  it('[I21] nothing sent to the door of the accounts is more than a problem of the sender, and nothing is stored', async () => {
    // Counts wrong tries of a second factor and sign-ins that were used: not what was sent.
    const [before, mails] = [await fingerprint(world.database.sql), world.mailer.sent.length];

    const { wrong, count } = await attack(
      placesOfDoor(),
      ({ schema }) => [
        ...mutationsOf(schema).filter(({ name }, at) => !name.startsWith('with a key') && at % stride === 0),
        ...brokenBodies(sampleOf(schema) ?? {}),
      ],
      [...refusals, 'unauthenticated', 'unknown', 'forbidden', 'conflict'],
    );

    expect(wrong).toEqual([]);
    expect(count).toBeGreaterThan(stride === 1 ? 1_200 : 500);
    expect(await fingerprint(world.database.sql)).toEqual(before);
    expect([world.mailer.sent.length, world.faults]).toEqual([mails, []]);
  });
});
