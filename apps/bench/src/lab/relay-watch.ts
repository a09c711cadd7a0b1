import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startRelayOn } from './relay-site.ts';

/** How a relay process was while something was asked of it. */
export interface Watched<T> {
  readonly result: T;
  readonly ms: number;
  /** How late its event loop was, and the most processor time its thread used in one turn of it, in milliseconds. */
  readonly loop: { readonly p99: number; readonly max: number; readonly longestTurn: number };
  /** Times of another person's smallest request meanwhile, by the clock of this process. */
  readonly others: readonly number[];
  /** Memory at its fullest, and before. */
  readonly peakBytes: number;
  readonly beforeBytes: number;
  readonly cpuMs: number;
}

/** A relay process of its own whose event loop and memory are watched from outside. */
export interface WatchedRelay extends AsyncDisposable {
  readonly origin: string;
  readonly pid: number;
  /** Processor time it has used so far. */
  readonly cpuMs: () => number;
  during<T>(work: () => Promise<T>): Promise<Watched<T>>;
}

/** Starts one on a database that is there. */
export async function startWatchedRelay(
  site: { readonly databaseUrl: string; readonly dataDir: string },
  pageOrigin: string,
): Promise<WatchedRelay> {
  const file = join(site.dataDir, 'event-loop.json');
  const relay = await startRelayOn(site.databaseUrl, site.dataDir, pageOrigin, {
    CACAW_BENCH_LOOP: file,
    // As an address: options are split at spaces, which a path may hold.
    NODE_OPTIONS: `--import=${new URL('loop-monitor.ts', import.meta.url).href}`,
  });
  const { origin, child } = relay;
  const readLoop = async (): Promise<Watched<unknown>['loop']> => {
    rmSync(file, { force: true });
    process.kill(child.pid, 'SIGUSR2');
    while (!existsSync(file)) await sleep(1);
    return JSON.parse(readFileSync(file, 'utf8')) as Watched<unknown>['loop'];
  };
  return {
    origin,
    pid: child.pid,
    cpuMs: () => relay.cpuMs(),
    async during(work) {
      await readLoop();
      // Linux counts the peak anew from here.
      writeFileSync(`/proc/${child.pid}/clear_refs`, '5');
      const [beforeBytes, cpuBefore, startedAt] = [memoryOf(child.pid, 'VmRSS'), relay.cpuMs(), performance.now()];
      const state = { isOver: false };
      const others = askMeanwhile(origin, state);
      const result = await work();
      const ms = performance.now() - startedAt;
      state.isOver = true;
      const [loop, cpuMs] = [await readLoop(), relay.cpuMs() - cpuBefore];
      return { result, ms, loop, others: await others, peakBytes: memoryOf(child.pid, 'VmHWM'), beforeBytes, cpuMs };
    },
    async [Symbol.asyncDispose]() {
      await child.stop();
    },
  };
}

async function askMeanwhile(origin: string, state: { readonly isOver: boolean }): Promise<readonly number[]> {
  const times: number[] = [];
  while (!state.isOver) {
    const startedAt = performance.now();
    await (await fetch(`${origin}/healthz`)).text();
    times.push(performance.now() - startedAt);
    await sleep(2);
  }
  return times;
}

function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const [, kilobytes = '0'] = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
