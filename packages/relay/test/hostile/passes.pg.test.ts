import type { CollectionId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock, systemRandom } from '../../src/adapters/system-clock.ts';
import { createPasses } from '../../src/members/passes.ts';
import { guestOf } from '../../src/members/roles.ts';
import type { Actor } from '../../src/ports/membership.ts';
import { deriveKey } from '../../src/process/derived-key.ts';
import { openCast, secretOf, type Cast, type PassHolder, type Scene } from './matrix-scene.ts';
import { sendRaw } from './raw-request.ts';

const authSecret = systemRandom.bytes(32);
let cast: Cast;
let scene: Scene;
let other: Scene;
beforeAll(async () => {
  cast = await openCast(inject('postgresUrl'), { authSecret });
  [scene, other] = [await cast.newScene(), await cast.newScene()];
}, 60_000);
afterAll(() => cast.world.stop());

const passOf = (holder: PassHolder, collection: CollectionId): string =>
  cast.world.accounts.passes.give(guestOf(cast.devices[holder]), collection);
/** The status of a photo for who shows a pass. */
const look = async (pass: string, { collection, photo }: Pick<Scene, 'collection' | 'photo'> = scene): Promise<number> => {
  const path = `/api/collections/${collection}/photos/${photo}?size=full`;
  return (await sendRaw({ port: cast.world.http.port, method: 'GET', path, headers: { authorization: `Bearer ${pass}` } })).status;
};
const ownerOf = async ({ collection }: Scene): Promise<Actor> => {
  const owner = (await cast.world.access.members(collection)).find(({ role }) => role === 'owner');
  if (owner === undefined) throw new Error(`${collection} has no owner.`);
  return { collection, member: owner.member };
};
const askPass = async (holder: PassHolder, collection: CollectionId = scene.collection): Promise<number> => {
  const answer = await fetch(`${cast.world.http.url}/api/collections/${collection}/photos/pass`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ secret: secretOf(cast, holder) }),
  });
  return answer.status;
};

describe('passes', () => {
  it('[A25] of another collection, forged or over are refused (defence: passes)', async () => {
    const pass = passOf('looking-guest', scene.collection);
    const [word = '', device = '', until = '', seal = ''] = pass.split('.');
    const [elsewhere, later] = [guestOf(cast.devices['editing-guest']), (Number.parseInt(until, 36) + 9_000).toString(36)];
    const anHourAgo = { ...systemClock, now: () => systemClock.now() - 3_600_000 };
    const key = deriveKey(authSecret, 'guest passes');
    const refused = {
      'of another collection': passOf('looking-guest', other.collection),
      'of another guest': [word, elsewhere, until, seal].join('.'),
      'made longer': [word, device, later, seal].join('.'),
      'without a seal': [word, device, until].join('.'),
      'by another key': createPasses(systemRandom.bytes(32), systemClock).give(guestOf(cast.deviceSecret), scene.collection),
      over: createPasses(key, anHourAgo).give(guestOf(cast.deviceSecret), scene.collection),
      'that is the device itself': secretOf(cast, 'looking-guest'),
    };

    expect(await look(pass)).toBe(200);
    for (const [name, one] of Object.entries(refused)) expect([name, await look(one)]).toEqual([name, 401]);
  });

  it('[A26] a revoked link and a removed guest end at the next request, and no pass is given any more', async () => {
    const fresh = await cast.newScene();
    const { access } = cast.world;
    const [actor, invites] = [await ownerOf(fresh), await access.invites(fresh.collection)];
    const [looking, editing] = [passOf('looking-guest', fresh.collection), passOf('editing-guest', fresh.collection)];
    expect([await look(looking, fresh), await look(editing, fresh)]).toEqual([200, 200]);

    for (const { id } of invites.filter(({ allowsGuests, role }) => allowsGuests && role === 'viewer'))
      await access.revokeInvite(actor, id);
    expect([await look(looking, fresh), await look(editing, fresh)]).toEqual([404, 200]);
    expect([await askPass('looking-guest', fresh.collection), await askPass('editing-guest', fresh.collection)]).toEqual([404, 200]);

    await access.remove(actor, guestOf(cast.devices['editing-guest']));
    expect([await look(editing, fresh), await askPass('editing-guest', fresh.collection)]).toEqual([404, 404]);
  });

  it('[A26] a guest of a deleted collection hears that it is gone', async () => {
    const fresh = await cast.newScene();
    const pass = passOf('looking-guest', fresh.collection);

    await cast.world.access.deleteCollection(await ownerOf(fresh));

    expect([await look(pass, fresh), await askPass('looking-guest', fresh.collection)]).toEqual([410, 410]);
  });

  it('[A26] says the same of every collection but its own', async () => {
    const pass = passOf('looking-guest', scene.collection);
    const ids = [scene.unknown, other.collection, scene.deleted];

    expect(await Promise.all(ids.map((collection) => look(pass, { collection, photo: other.photo })))).toEqual([401, 401, 401]);
    expect([await askPass('looking-guest', scene.unknown), await askPass('looking-guest', scene.deleted)]).toEqual([404, 404]);
  });

  it('[PH55] a photo is served in its own collection only, whoever asks and by whatever address', async () => {
    const { owner } = cast.people;
    const foreign = { collection: scene.collection, photo: other.photo };
    const path = `/api/collections/${scene.collection}/photos/${other.photo}?size=full`;
    const asOwner = await sendRaw({ port: cast.world.http.port, method: 'GET', path, headers: { authorization: `Bearer ${owner.token}` } });
    const inPublic = await sendRaw({
      port: cast.world.http.port,
      method: 'GET',
      path: `/p/${scene.token}/${other.photo}?size=full`,
      headers: {},
    });

    expect([await look(passOf('looking-guest', scene.collection), foreign), asOwner.status, inPublic.status]).toEqual([404, 404, 404]);
    expect(await look(passOf('looking-guest', other.collection), other)).toBe(200);
  });
});
