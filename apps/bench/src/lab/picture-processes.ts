import { readdirSync, readFileSync } from 'node:fs';

const tickMs = 10;

/** Processor time of a relay's picture processes so far, and their memory at its fullest, each and together. */
export interface PictureProcesses {
  readonly count: number;
  readonly cpuMs: number;
  readonly peakBytes: number;
}

/** Looks at the processes a relay has started. */
export function lookAtPictureProcesses(relay: number): PictureProcesses {
  const pids = readdirSync(`/proc/${relay}/task`)
    .flatMap((thread) => readFileSync(`/proc/${relay}/task/${thread}/children`, 'utf8').split(' '))
    .filter((pid) => pid.trim() !== '');
  const cpuMs = pids.reduce((sum, pid) => sum + ticksOf(pid) * tickMs, 0);
  const peakBytes = pids.reduce((sum, pid) => sum + peakOf(pid), 0);
  return { count: pids.length, cpuMs, peakBytes };
}

/** Linux counts time of a process, its ended threads included, in ticks. */
function ticksOf(pid: string): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return Number(fields[11]) + Number(fields[12]);
}

function peakOf(pid: string): number {
  const [, kilobytes = '0'] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) * 1024;
}
