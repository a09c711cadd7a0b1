import { createHash } from 'node:crypto';
import { newCollectionId, randomBase62, type AccountId, type BlobHash, type CollectionId, type MemberId } from '@cacaw/protocol';
import type { InviteId } from '@cacaw/protocol/http';
import { defaultTiers, tierNamed, type Tiers } from '../../src/accounts/tiers.ts';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { variantName } from '../../src/photos/names.ts';
import { guestOf } from '../../src/members/roles.ts';
import type { Identity } from '../../src/ports/authenticator.ts';
import { openAccountWorld, type AccountWorld, type WorldOptions } from '../account-world.ts';
import { proofsOf, type Person } from './attacker.ts';

/** Everybody who can stand before the relay, as seen from one collection. `former`: a member of a deleted collection. */
export const callers = ['anonymous', 'guest', 'stranger', 'operator', 'removed', 'former', 'viewer', 'editor', 'owner'] as const;
export type Caller = (typeof callers)[number];

/** Guests by a pass to their collection: one who looks, one whose link lets edit, one whose link was revoked after the pass was given. */
export const passHolders = ['looking-guest', 'editing-guest', 'revoked-guest'] as const;
export type PassHolder = (typeof passHolders)[number];

/** Everybody who can ask at a route. */
export const askers: readonly Asker[] = [...callers, ...passHolders];
export type Asker = Caller | PassHolder;

const names = ['operator', 'owner', 'editor', 'viewer', 'removed', 'stranger', 'outsider'] as const;
type Name = (typeof names)[number];

/** An account of every kind. The first of all is the operator; nobody shares anything with the outsider. */
export interface Cast {
  readonly world: AccountWorld;
  readonly people: { readonly [name in Name]: Person };
  /** Of a guest: a device that looks. */
  readonly deviceSecret: Uint8Array;
  readonly devices: { readonly [holder in PassHolder]: Uint8Array };
  readonly newScene: () => Promise<Scene>;
}

/** One collection with a member of every role, and a deleted one of the same owner with the same viewer in it. */
export interface Scene {
  readonly collection: CollectionId;
  readonly deleted: CollectionId;
  /** Never made. */
  readonly unknown: CollectionId;
  readonly invite: InviteId;
  /** Of an invite for a viewer that everybody may still use. */
  readonly inviteSecret: string;
  /** Of an invite that lets guests look. */
  readonly guestSecret: Uint8Array;
  /** A photo of the collection, and the token of its public addresses. */
  readonly photo: BlobHash;
  readonly token: string;
}

const text = (secret: Uint8Array): string => Buffer.from(secret).toString('base64url');

/** The owner gets a new collection for every cell that changed the last one. */
const roomyTiers: Tiers = new Map([...defaultTiers, ['free', { ...tierNamed(defaultTiers, 'free'), collections: null, members: null }]]);

/** Opens a relay and signs everybody up. */
export async function openCast(postgresUrl: string, options: Pick<WorldOptions, 'authSecret'> = {}): Promise<Cast> {
  const world = await openAccountWorld(postgresUrl, { tiers: roomyTiers, ...options });
  const signUp = async (name: Name): Promise<readonly [Name, Person]> => [name, await proofsOf(name, await world.signedUp(name))];
  const first = await signUp('operator');
  const others = await Promise.all(names.filter((name) => name !== 'operator').map(signUp));
  const all = Object.fromEntries([first, ...others]) as Cast['people'];
  const deviceSecret = systemRandom.bytes(32);
  const devices = { 'looking-guest': deviceSecret, 'editing-guest': systemRandom.bytes(32), 'revoked-guest': systemRandom.bytes(32) };
  return { world, people: all, deviceSecret, devices, newScene: () => newScene(world, all, devices) };
}

async function newScene(world: AccountWorld, people: Cast['people'], devices: Cast['devices']): Promise<Scene> {
  const { access } = world;
  const who = (name: Name): Identity => ({ account: people[name].account as AccountId, kind: 'account' });
  const make = async (): Promise<{ readonly collection: CollectionId; readonly owner: MemberId }> => {
    const collection = newCollectionId(systemRandom);
    await access.createCollection(who('owner').account, collection);
    const answer = await access.admit(who('owner'), collection, undefined);
    if ('refused' in answer) throw new Error(`The owner was refused: ${answer.refused}`);
    return { collection, owner: answer.admitted.member };
  };
  const invite = async (collection: CollectionId, member: MemberId, role: 'editor' | 'viewer', allowsGuests = false) => {
    const [secret, id] = [systemRandom.bytes(32), randomBase62(systemRandom, 22) as InviteId];
    const secretHash = createHash('sha256').update(secret).digest();
    const terms = { id, secretHash, role, expiresAt: Date.now() + 60_000, maxUses: undefined, allowsGuests, email: undefined };
    await access.createInvite({ collection, member }, terms);
    return { secret, id };
  };
  const enter = async (name: Name, secret: Uint8Array): Promise<unknown> => access.accept(who(name), secret);

  const { collection, owner } = await make();
  const toEdit = await invite(collection, owner, 'editor');
  await enter('editor', toEdit.secret);
  await enter('removed', toEdit.secret);
  await access.remove({ collection, member: owner }, who('removed').account);
  const toLook = await invite(collection, owner, 'viewer');
  await enter('viewer', toLook.secret);
  const toGuests = await invite(collection, owner, 'viewer', true);
  const enterAsGuest = async (holder: PassHolder, secret: Uint8Array): Promise<unknown> =>
    access.admit({ account: guestOf(devices[holder]), kind: 'guest' }, collection, secret);
  await enterAsGuest('looking-guest', toGuests.secret);
  await enterAsGuest('editing-guest', await makeOldLink(world, collection));
  const revoked = await invite(collection, owner, 'viewer', true);
  await enterAsGuest('revoked-guest', revoked.secret);
  await access.revokeInvite({ collection, member: owner }, revoked.id);

  const gone = await make();
  await enter('viewer', (await invite(gone.collection, gone.owner, 'viewer')).secret);
  await access.deleteCollection({ collection: gone.collection, member: gone.owner });
  return {
    collection,
    deleted: gone.collection,
    unknown: newCollectionId(systemRandom),
    invite: toEdit.id,
    inviteSecret: text(toLook.secret),
    guestSecret: toGuests.secret,
    ...(await storePhoto(world, collection)),
  };
}

/** As it was made before accounts existed: devices without one edit by it. */
async function makeOldLink({ database }: AccountWorld, collection: CollectionId): Promise<Uint8Array> {
  const [secret, id] = [systemRandom.bytes(32), randomBase62(systemRandom, 22)];
  await database.sql`
    insert into capabilities (collection_id, secret_hash, role, id, allows_guests, created_at)
    values (${collection}, ${createHash('sha256').update(secret).digest()}, 'editor', ${id}, true, now())`;
  return secret;
}

/** As the pipeline leaves it; what lies behind the address is of no matter here. */
async function storePhoto({ photos }: AccountWorld, collection: CollectionId): Promise<Pick<Scene, 'photo' | 'token'>> {
  const photo = Buffer.from(systemRandom.bytes(32)).toString('hex') as BlobHash;
  const bytes = systemRandom.bytes(40);
  await photos.sealed.put(variantName({ collection, hash: photo }, 'full'), bytes);
  const variants = { full: { bytes: bytes.length, hash: photo } };
  await photos.blobs.settle({ collection, hash: photo, use: 'photo' }, { mediaType: 'image/webp', variants });
  return { photo, token: await photos.blobs.publish(collection, randomBase62(systemRandom, 22)) };
}

/** What somebody sends with every HTTP request; a pass is of the collection of the scene. */
export function credentialOf(
  { people, world, deviceSecret, devices }: Cast,
  { collection }: Scene,
  caller: Asker,
): { readonly [header: string]: string } {
  if (caller === 'anonymous') return {};
  if (caller === 'guest') return { authorization: `Bearer ${text(deviceSecret)}` };
  if (isPassHolder(caller)) return { authorization: `Bearer ${world.accounts.passes.give(guestOf(devices[caller]), collection)}` };
  const person = people[caller === 'former' ? 'viewer' : caller];
  return { cookie: person.cookie, origin: world.origin };
}

/** The secret a device sends in a body; who has none sends one that nobody knows. */
export const secretOf = ({ devices }: Cast, caller: Asker): string => text(isPassHolder(caller) ? devices[caller] : systemRandom.bytes(32));

const isPassHolder = (caller: Asker): caller is PassHolder => passHolders.some((one) => one === caller);

/** The collection somebody asks about. */
export const targetOf = ({ collection, deleted }: Scene, caller: Asker): CollectionId => (caller === 'former' ? deleted : collection);
