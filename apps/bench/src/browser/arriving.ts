import { startEngine } from './engine.ts';
import { untilSynced, wholeList } from './editing.ts';
import { moment } from './moment.ts';

/** How a first sync went, as its page saw it. */
export interface Arrival {
  /** From opening the link to 50 listed rows; to everything listed and synced. */
  readonly firstRowsMs: number;
  readonly syncedMs: number;
  readonly receivedBytes: number;
  readonly listed: number;
  /** Searches answered while rows were still arriving. */
  readonly searchesMeanwhile: readonly number[];
  /** Progress reports that counted up while it arrived. */
  readonly progressReports: number;
  /** Longest task of the page's main thread, in milliseconds; 0 when none was longer than 50. */
  readonly longestTaskMs: number;
  readonly cuts: number;
}

/** Opens a shared collection in this empty browser; the connection is cut each time so many bytes more have come. */
export async function arrive(relay: string, link: string, cutEveryBytes: number | undefined): Promise<Arrival> {
  const longTasks = observeLongTasks();
  const engine = startEngine(relay);
  const { cacaw } = engine;
  await cacaw.name();
  const startedAt = moment();
  let firstRowsMs = Number.NaN;
  let progressReports = 0;
  const collection = await cacaw.openLink(link);
  const stopList = cacaw.list({ collection, place: '' }, ({ ids }) => {
    if (Number.isNaN(firstRowsMs) && (ids?.length ?? 0) >= 50) firstRowsMs = moment() - startedAt;
  });
  const stopStatus = cacaw.status(collection, ({ status }) => (progressReports += status.state === 'receiving' && status.done > 0 ? 1 : 0));
  const end = { isOver: false };
  const arriving = untilSynced(cacaw, collection).then(() => (end.isOver = true));
  const [searchesMeanwhile, cuts] = await Promise.all([searchMeanwhile(end, cacaw), cutMeanwhile(end, engine, cutEveryBytes), arriving]);
  const syncedMs = moment() - startedAt;
  const receivedBytes = await received(engine);
  const longestTaskMs = longTasks();
  for (const stop of [stopList, stopStatus]) stop();
  const { length: listed } = await wholeList(cacaw, collection);
  await cacaw.close();
  return { firstRowsMs, syncedMs, receivedBytes, listed, searchesMeanwhile, progressReports, longestTaskMs, cuts };
}

type Engine = ReturnType<typeof startEngine>;

async function received(engine: Engine): Promise<number> {
  const { frames } = await engine.report();
  return frames.reduce((sum, frame) => sum + (frame.direction === 'received' ? frame.bytes : 0), 0);
}

async function searchMeanwhile(end: { readonly isOver: boolean }, cacaw: Engine['cacaw']): Promise<readonly number[]> {
  const times: number[] = [];
  while (!end.isOver) {
    await pause(250);
    const startedAt = moment();
    const hits = await cacaw.search('drill', 50);
    if (hits.length > 0 && !end.isOver) times.push(moment() - startedAt);
  }
  return times;
}

async function cutMeanwhile(end: { readonly isOver: boolean }, engine: Engine, everyBytes: number | undefined): Promise<number> {
  if (everyBytes === undefined) return 0;
  let cuts = 0;
  for (let next = everyBytes; !end.isOver;) {
    await pause(10);
    if (end.isOver || (await received(engine)) < next) continue;
    next += everyBytes;
    cuts += 1;
    engine.cut();
    // As a person would, instead of waiting out the backoff.
    engine.cacaw.retry();
  }
  return cuts;
}

const pause = (forMs: number): Promise<void> => new Promise((resume) => setTimeout(resume, forMs));

/** Watches this page's main thread; the returned function tells the longest task. */
function observeLongTasks(): () => number {
  let longest = 0;
  const observer = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) longest = Math.max(longest, duration);
  });
  observer.observe({ type: 'longtask', buffered: false });
  return () => {
    for (const { duration } of observer.takeRecords()) longest = Math.max(longest, duration);
    observer.disconnect();
    return longest;
  };
}
