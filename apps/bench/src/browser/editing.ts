import type { Cacaw, SyncReport } from '@cacaw/client';
import { shardOf, type CollectionId, type ItemId } from '@cacaw/protocol';
import { nthEdit, numberedEdit } from '../edit-mix.ts';
import { startEngine, type Engine } from './engine.ts';
import { moment } from './moment.ts';
import { asked } from './opening.ts';
import type { WireFrame } from './wire-report.ts';

/** Milliseconds from calling a command to its being kept. */
export interface KeptTimes {
  readonly warm: readonly number[];
  readonly cold: readonly number[];
  /** One record put and committed with strict durability in the same page, in between. */
  readonly bare: readonly number[];
}

/** Which item lies where takes reading them all, which nobody does who edits one: what that stirs up in the browser comes to rest. */
const restMs = 10_000;

/** Edits a filled collection, in a shard that is in memory and in one after another that is not. */
export async function timeKept(
  relay: string,
  collection: CollectionId,
  counts: { readonly warm: number; readonly cold: number },
): Promise<KeptTimes> {
  const { cacaw } = startEngine(relay);
  const ids = await wholeList(cacaw, collection);
  await new Promise((resume) => setTimeout(resume, restMs));
  const byShard = new Map<string, ItemId[]>();
  for (const id of ids) byShard.set(shardOf(id), [...(byShard.get(shardOf(id)) ?? []), id]);
  const [own = [], ...others] = [...byShard.values()];
  const bareDatabase = await openBareStore();
  const warm: number[] = [];
  const cold: number[] = [];
  const bare: number[] = [];
  for (let n = -5; n < counts.warm; n += 1) {
    const ms = await timed(() => cacaw.run(nthEdit(collection, own[Math.abs(n) % own.length] as ItemId, n + 1000)));
    if (n >= 0) warm.push(ms);
    bare.push(await timed(() => putStrictly(bareDatabase, { id: n, row: 'x'.repeat(400), update: new Uint8Array(60) })));
  }
  for (const [n, shard] of others.slice(0, counts.cold).entries())
    cold.push(await timed(() => cacaw.run(nthEdit(collection, shard[0] as ItemId, n))));
  await cacaw.close();
  bareDatabase.close();
  return { warm, cold, bare };
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const startedAt = moment();
  await run();
  return moment() - startedAt;
}

/** Every id of a collection, once everything stored has been read. */
export const wholeList = (cacaw: Cacaw, collection: CollectionId): Promise<readonly ItemId[]> =>
  new Promise((done) => {
    let ids: ItemId[] = [];
    const stop = cacaw.list({ collection }, (change) => {
      if (change.ids !== undefined) ids = [...change.ids];
      for (const { at, remove, insert } of change.splices) ids.splice(at, remove, ...insert);
      if (!change.complete) return;
      done(ids);
      queueMicrotask(() => stop());
    });
  });

async function openBareStore(): Promise<IDBDatabase> {
  const request = indexedDB.open('bare');
  request.onupgradeneeded = () => request.result.createObjectStore('rows', { keyPath: 'id' });
  return asked(request);
}

const putStrictly = (database: IDBDatabase, row: object): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction('rows', 'readwrite', { durability: 'strict' });
    transaction.objectStore('rows').put(row);
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error('The bare transaction was aborted.'));
  });

/** When each numbered edit was begun, kept and synced here. */
export interface SyncedEdit {
  readonly n: number;
  readonly startedAt: number;
  readonly keptAt: number;
  readonly syncedAt: number;
}

let shared: { readonly engine: Engine; readonly collection: CollectionId } | undefined;
const seen = new Map<number, number>();

/** Keeps an engine running in this page and resolves once the collection is synced. */
export async function join(relay: string, link: string): Promise<ItemId> {
  const engine = startEngine(relay);
  const { cacaw } = engine;
  const collection = await cacaw.openLink(link);
  shared = { engine, collection };
  await untilSynced(cacaw, collection);
  const [item] = await wholeList(cacaw, collection);
  if (item === undefined) throw new Error('The collection is empty.');
  return item;
}

/** Resolves when nothing is pending and the relay's log is read to its head. */
export const untilSynced = (cacaw: Cacaw, collection: CollectionId): Promise<void> =>
  new Promise((done) => {
    const stop = cacaw.status(collection, ({ status }: SyncReport) => {
      if (status.state !== 'synced') return;
      done();
      queueMicrotask(() => stop());
    });
  });

/** Edits one item over and over, one edit after the other has been synced. */
export async function timeSynced(
  item: ItemId,
  edits: { readonly from: number; readonly count: number; readonly pauseMs: number },
): Promise<readonly SyncedEdit[]> {
  if (shared === undefined) throw new Error('This page has joined nothing.');
  const { engine, collection } = shared;
  const done: SyncedEdit[] = [];
  let pending = 0;
  let settled = (): void => undefined;
  const stop = engine.cacaw.status(collection, (report) => {
    if (report.pending === 0 && pending > 0) settled();
    pending = report.pending;
  });
  for (let n = edits.from; n < edits.from + edits.count; n += 1) {
    const synced = new Promise<number>((resolve) => (settled = () => resolve(moment())));
    const startedAt = moment();
    await engine.cacaw.run(numberedEdit(collection, item, n));
    const keptAt = moment();
    done.push({ n, startedAt, keptAt, syncedAt: await synced });
    await new Promise((resume) => setTimeout(resume, edits.pauseMs));
  }
  stop();
  return done;
}

/** Notes when each numbered edit of an item shows in this page. */
export async function watchEdits(item: ItemId): Promise<void> {
  shared?.engine.cacaw.item(item, (row) => {
    const n = Number(/no\. (\d+)$/.exec(row?.name ?? '')?.[1]);
    if (!seen.has(n)) seen.set(n, moment());
  });
}

/** When edits were seen here, and what has crossed this page's socket. */
export async function whatWasSeen(): Promise<{
  readonly seen: readonly (readonly [n: number, at: number])[];
  readonly frames: readonly WireFrame[];
}> {
  const report = await shared?.engine.report();
  return { seen: [...seen], frames: report?.frames ?? [] };
}

/** This page's clock, to be compared with another process's. */
export const clock = async (): Promise<number> => moment();

/** Round trips of a bare WebSocket that only echoes. */
export async function timeEcho(url: string, count: number): Promise<readonly number[]> {
  const socket = new WebSocket(url);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error(`No echo at ${url}.`));
  });
  const times: number[] = [];
  for (let n = 0; n < count; n += 1) {
    const startedAt = moment();
    const answered = new Promise((resolve) => (socket.onmessage = resolve));
    socket.send(new Uint8Array(70));
    await answered;
    times.push(moment() - startedAt);
  }
  socket.close();
  return times;
}
