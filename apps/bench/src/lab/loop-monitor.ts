// Loaded before a relay that is measured: tells how late its event loop was, and how much of the processor its thread used
// between two turns, whenever it is asked by a signal. On a busy machine a loop is late without anybody's fault; what it used is
// its own.
import { renameSync, writeFileSync } from 'node:fs';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const file = process.env['CACAW_BENCH_LOOP'];

if (isMainThread && file !== undefined) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  let longestTurn = 0;
  let before = usedMs();
  setInterval(() => {
    const now = usedMs();
    longestTurn = Math.max(longestTurn, now - before);
    before = now;
  }, 1).unref();
  process.on('SIGUSR2', () => {
    writeFileSync(`${file}.new`, JSON.stringify({ p99: delay.percentile(99) / 1e6, max: delay.max / 1e6, longestTurn }));
    renameSync(`${file}.new`, file);
    delay.reset();
    longestTurn = 0;
  });
}

function usedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
