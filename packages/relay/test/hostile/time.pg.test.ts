import type { CollectionId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectSocket } from '../socket-client.ts';
import type { NativeClient } from '../native-client.ts';
import { openCast, type Cast, type Scene } from './matrix-scene.ts';
import { sendRaw } from './raw-request.ts';
import { openStock, stockProofOf } from './stock-caller.ts';

let cast: Cast;
let scene: Scene;
let inside: NativeClient;
beforeAll(async () => {
  cast = await openCast(inject('postgresUrl'));
  scene = await cast.newScene();
  // A collection somebody is in has a room: a stranger must not learn that either.
  inside = connectSocket(cast.world.http.port);
  inside.helloWith({ kind: 'bearer', token: cast.people.owner.token });
  inside.join(scene.collection);
}, 60_000);
afterAll(async () => {
  inside.close();
  await cast.world.stop();
});

/** Asks about a collection, and resolves when the stranger was answered. */
type Ask = (collection: CollectionId) => Promise<unknown>;

const byHttp: Ask = (collection) =>
  sendRaw({
    port: cast.world.http.port,
    method: 'GET',
    path: `/api/collections/${collection}`,
    headers: { authorization: `Bearer ${cast.people.stranger.token}` },
  });

/** Joins over one connection; the first of each id also names it, so what is measured comes after. */
function byJoin(): { readonly ask: Ask; readonly close: () => void } {
  const client = connectSocket(cast.world.http.port);
  client.helloWith({ kind: 'bearer', token: cast.people.stranger.token });
  const ask: Ask = (collection) =>
    new Promise((done) => {
      const before = client.of('gone').length;
      client.onRaw = () => queueMicrotask(() => client.of('gone').length > before && done(undefined));
      client.join(collection);
    });
  return { ask, close: () => client.close() };
}

const byStockLane: Ask = (collection) =>
  new Promise((done) => {
    const caller = openStock({
      port: cast.world.http.port,
      collection,
      ...stockProofOf(cast, scene, 'stranger'),
      onClosed: () => done(caller),
    });
  });

const quantile = (values: readonly number[], part: number): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length * part)] ?? 0;
const median = (values: readonly number[]): number => quantile(values, 0.5);
const spread = (values: readonly number[]): number => quantile(values, 0.75) - quantile(values, 0.25);

/** Times of `rounds` answers about each kind of collection, asked in turn so that whatever slows the machine slows all. */
async function measure(ask: Ask, rounds: number): Promise<{ readonly [kind in 'unknown' | 'foreign' | 'deleted']: readonly number[] }> {
  const ids = { unknown: scene.unknown, foreign: scene.collection, deleted: scene.deleted };
  const times = { unknown: [] as number[], foreign: [] as number[], deleted: [] as number[] };
  const kinds = ['unknown', 'foreign', 'deleted'] as const;
  for (const kind of kinds) await ask(ids[kind]);
  for (let round = 0; round < rounds; round += 1)
    for (const kind of kinds) {
      const from = performance.now();
      await ask(ids[kind]);
      times[kind].push(performance.now() - from);
    }
  return times;
}

async function expectAlike(ask: Ask, rounds: number): Promise<void> {
  const { unknown, foreign, deleted } = await measure(ask, rounds);
  for (const other of [foreign, deleted])
    expect(Math.abs(median(other) - median(unknown))).toBeLessThan(Math.max(spread(other), spread(unknown)));
}

describe('time', () => {
  it('[I5] an unknown, a foreign and a deleted collection take as long to refuse by HTTP: medians of 100 differ by less than the spread', () =>
    expectAlike(byHttp, 100));

  it('[I5] so they do to join', async () => {
    const { ask, close } = byJoin();

    await expectAlike(ask, 100);

    close();
  });

  it('[I5] so they do to open on the stock lane', () => expectAlike(byStockLane, 100));
});
