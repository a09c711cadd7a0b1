import type { CollectionId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Route } from '../../src/http/route.ts';
import { fingerprint } from './fingerprint.ts';
import { lines, noteHash, type Line } from './matrix-routes.ts';
import { askers, credentialOf, openCast, targetOf, type Asker, type Cast, type Scene } from './matrix-scene.ts';
import { sendRaw, type RawAnswer } from './raw-request.ts';

let cast: Cast;
let scene: Scene;
beforeAll(async () => {
  cast = await openCast(inject('postgresUrl'));
  scene = await cast.newScene();
}, 60_000);
afterAll(() => cast.world.stop());

const lineOf = ({ operation }: Route): Line => {
  const found = lines[operation];
  if (found === undefined) throw new Error(`The operation ${operation} has no line in matrix-routes.ts: say what everybody is answered.`);
  return found;
};

/** Asks as somebody, about a collection and an account. */
function ask(
  declared: Route,
  caller: Asker,
  about: { readonly collection?: CollectionId; readonly account?: string; readonly invite?: string } = {},
): Promise<RawAnswer> {
  const line = lineOf(declared);
  const path = declared.path
    .replace(':collection', about.collection ?? targetOf(scene, caller))
    .replace(':account', about.account ?? line.account?.(cast) ?? '')
    .replace(':invite', about.invite ?? scene.invite)
    .replace(':hash', line.raw === undefined ? scene.photo : noteHash)
    .replace(':token', scene.token);
  const body = line.body?.(scene, cast, caller);
  return sendRaw({
    port: cast.world.http.port,
    method: declared.method,
    path: `${path}${line.query ?? ''}`,
    headers: { ...(body === undefined ? line.raw?.headers : { 'content-type': 'application/json' }), ...credentialOf(cast, scene, caller) },
    bytes: body === undefined ? line.raw?.bytes : new TextEncoder().encode(JSON.stringify(body)),
  });
}

/** What nobody may read who is not in the collection. */
const secrets = (): readonly string[] => {
  const { owner, editor, viewer, removed, outsider } = cast.people;
  const people = [owner, editor, viewer, removed, outsider];
  return [
    ...people.map(({ account }) => account),
    ...people.map(({ name }) => `${name}@mail.example`),
    scene.invite,
    'memberCount',
    'joinedAt',
    'free.notebook',
    'root.0',
    'rows.',
  ];
};
const isInside = (caller: Asker): boolean => ['viewer', 'editor', 'owner', 'looking-guest', 'editing-guest'].includes(caller);

/** A cell that changed something leaves a new scene to the next. */
async function afterChange({ path }: Route): Promise<object> {
  if (/collection|invite/.test(path)) scene = await cast.newScene();
  return fingerprint(cast.world.database.sql);
}

describe('role × route', () => {
  it('[I1] every operation has a line, and every line an operation', () => {
    const operations = cast.world.routes.map(({ operation }) => operation).sort();

    expect(operations).toEqual(Object.keys(lines).sort());
  });

  it('[I1] everybody is answered at every route what its line says, and a refusal changes nothing (defence: role)', async () => {
    const wrong: string[] = [];
    let cells = 0;
    let before = await fingerprint(cast.world.database.sql);
    for (const declared of cast.world.routes) {
      for (const caller of askers) {
        const answer = await ask(declared, caller);
        const cell = `${declared.operation} as ${caller}`;
        const expected = lineOf(declared).answers[caller];
        if (answer.status !== expected) wrong.push(`${cell}: ${answer.status} instead of ${expected} ${answer.body.slice(0, 200)}`);
        if (answer.status >= 400) {
          expect(await fingerprint(cast.world.database.sql), cell).toEqual(before);
          wrong.push(...leaks(answer, caller).map((word) => `${cell} tells ${word}`));
        } else if (declared.method !== 'get') before = await afterChange(declared);
        cells += 1;
      }
    }

    expect(wrong).toEqual([]);
    expect(cells).toBe(cast.world.routes.length * askers.length);
    expect(cast.world.faults).toEqual([]);
  });
});

/** Words of {@link secrets} in a refusal to somebody outside, but for what they said themselves. */
function leaks({ headers, body }: RawAnswer, caller: Asker): readonly string[] {
  const told = JSON.stringify(headers) + body;
  return isInside(caller) ? [] : secrets().filter((word) => told.includes(word));
}

const headersThatMove = new Set(['date']);
const steady = ({ status, headers, body }: RawAnswer, id: string): object => ({
  status,
  headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !headersThatMove.has(name))),
  body: body.replaceAll(id, '<id>'),
});

describe('strangers', () => {
  const strangers: readonly Asker[] = ['anonymous', 'guest', 'stranger', 'operator', 'removed'];

  it('[I4] an unknown, a foreign and a deleted collection are answered byte for byte the same at every route (defence: strangers)', async () => {
    for (const declared of cast.world.routes.filter(({ path }) => path.includes(':collection'))) {
      for (const caller of strangers) {
        const ids = [scene.unknown, scene.collection, scene.deleted];
        const answers = await Promise.all(ids.map(async (id) => steady(await ask(declared, caller, { collection: id }), id)));

        expect(answers, `${declared.operation} as ${caller}`).toEqual(ids.map(() => answers[0]));
      }
    }
  });

  it('[I4] an owner cannot tell an account that is nowhere from one that is only not in the collection', async () => {
    for (const declared of cast.world.routes.filter(({ path }) => path.includes(':collection') && path.includes(':account'))) {
      const ids = [cast.people.outsider.account, 'Z'.repeat(22)];
      const [known, unknown] = await Promise.all(ids.map(async (account) => steady(await ask(declared, 'owner', { account }), account)));

      expect(known, declared.operation).toEqual(unknown);
    }
  });

  it('[I4] an owner cannot tell an invite of another collection from one that never was', async () => {
    const other = await cast.newScene();
    const revoke = cast.world.routes.filter(({ path }) => path.includes(':invite'));
    for (const declared of revoke) {
      const ids = [other.invite, 'Z'.repeat(22)];
      const [foreign, unknown] = await Promise.all(ids.map(async (invite) => steady(await ask(declared, 'owner', { invite }), invite)));

      expect(foreign, declared.operation).toEqual(unknown);
    }
    expect(revoke.length).toBeGreaterThan(0);
  });
});
