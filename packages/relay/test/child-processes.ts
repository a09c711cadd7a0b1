import { readdirSync, readFileSync } from 'node:fs';

/** Ids of the processes a process (this one) has started and not lost, of those whose command names such a `program`. */
export const childrenRunning = (program: string, of: number | 'self' = 'self'): readonly number[] =>
  readdirSync(`/proc/${of}/task`)
    .flatMap((thread) => readFileSync(`/proc/${of}/task/${thread}/children`, 'utf8').trim().split(' '))
    .map(Number)
    .filter((pid) => pid > 0 && isRunning(pid, program));

/** True while that process is there and its command names the `program`. */
export function isRunning(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(program);
  } catch {
    // It ended while it was looked at.
    return false;
  }
}
