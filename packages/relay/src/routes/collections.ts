import {
  collectionAnswer,
  collectionsPath,
  createCollectionAnswer,
  createCollectionBody,
  patchCollectionBody,
  type CollectionAnswer,
} from '@cacaw/protocol/http';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import * as v from 'valibot';
import { Problem, route, type Route } from '../http/route.ts';
import type { OwnCollection } from '../ports/membership.ts';
import { limitProblem, momentOf, requireChange, type SharingPorts } from './sharing.ts';

const path = `${collectionsPath}/:collection`;

/** `/api/collections`: makes, lists, hands over and deletes collections. */
export const collectionRoutes = (ports: SharingPorts): readonly Route[] => [
  createCollection(ports),
  listCollections(ports),
  readCollection(ports),
  transferCollection(ports),
  deleteCollection(ports),
];

const createCollection = ({ membership }: SharingPorts): Route =>
  route({
    method: 'post',
    path: collectionsPath,
    operation: 'createCollection',
    audit: 'collection-created',
    summary: 'Makes a collection of the caller.',
    caller: 'account',
    limit: 'collections',
    body: createCollectionBody,
    answers: { 201: createCollectionAnswer, 200: createCollectionAnswer },
    problems: ['conflict', 'limit-reached'],
    async run({ who, body: { id } }) {
      const outcome = await membership.createCollection(who.account, id);
      if (typeof outcome !== 'string') throw limitProblem(outcome);
      if (outcome === 'taken') throw new Problem('conflict', `Collection ${id} exists already and is not yours. Make a new id.`);
      return { status: outcome === 'created' ? 201 : 200, body: { id, created: outcome === 'created' } };
    },
  });

const listCollections = ({ membership }: SharingPorts): Route =>
  route({
    method: 'get',
    path: collectionsPath,
    operation: 'listCollections',
    summary: 'Lists the collections the caller is a member of, oldest membership first.',
    caller: 'account',
    limit: 'api',
    answers: { 200: v.array(collectionAnswer) },
    problems: [],
    run: async ({ who }) => ({ status: 200, body: (await membership.collectionsOf(who.account)).map(toAnswer) }),
  });

const readCollection = (ports: SharingPorts): Route =>
  route({
    method: 'get',
    path,
    operation: 'readCollection',
    summary: 'Says what the caller is in a collection.',
    caller: 'account',
    role: 'viewer',
    limit: 'api',
    answers: { 200: collectionAnswer },
    problems: [],
    run: async ({ who, params }) => ({ status: 200, body: await describeCollection(ports, who.account, params.collection) }),
  });

const transferCollection = (ports: SharingPorts): Route =>
  route({
    method: 'patch',
    path,
    operation: 'transferCollection',
    audit: 'owner-changed',
    summary: 'Makes another member the owner; the caller stays as editor.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    body: patchCollectionBody,
    answers: { 200: collectionAnswer },
    problems: ['conflict', 'limit-reached'],
    async run({ who, member, params: { collection }, body: { owner } }) {
      requireChange(await ports.membership.transfer({ collection, member: member.member }, owner), collection, owner);
      return { status: 200, body: await describeCollection(ports, who.account, collection) };
    },
  });

const deleteCollection = ({ membership }: SharingPorts): Route =>
  route({
    method: 'delete',
    path,
    operation: 'deleteCollection',
    audit: 'collection-deleted',
    summary: 'Deletes a collection for everybody in it.',
    caller: 'account',
    role: 'owner',
    limit: 'api',
    answers: { 204: 'empty' },
    problems: [],
    async run({ member, params: { collection } }) {
      requireChange(await membership.deleteCollection({ collection, member: member.member }), collection);
      return { status: 204 };
    },
  });

const toAnswer = ({ collection, role, joinedAt, memberCount }: OwnCollection): CollectionAnswer => ({
  id: collection,
  role,
  joinedAt: momentOf(joinedAt),
  memberCount,
});

async function describeCollection({ membership }: SharingPorts, account: AccountId, id: CollectionId): Promise<CollectionAnswer> {
  const found = (await membership.collectionsOf(account)).find((one) => one.collection === id);
  if (found === undefined) throw new Problem('unknown', 'There is no such collection for you.');
  return toAnswer(found);
}
