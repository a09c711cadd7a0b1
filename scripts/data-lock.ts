import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Claims a data folder for this process; the returned function gives it back. Throws with the other's process id when a live
 * process holds it. A claim left behind by a killed process is taken over.
 */
export function claimDataFolder(dataDir: string): () => void {
  const path = join(dataDir, 'running.json');
  for (;;) {
    try {
      const file = openSync(path, 'wx', 0o600);
      writeSync(file, JSON.stringify({ pid: process.pid, startTime: startTimeOf(process.pid) }));
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const owner = readOwner(path);
      if (owner !== undefined && isRunning(owner)) {
        throw new Error(
          `Cacaw is already running on the data in ${dataDir} (process ${owner.pid}). Use its address, stop it first, or set DATA_DIR to another folder.`,
        );
      }
      rmSync(path, { force: true });
    }
  }
}

interface Owner {
  readonly pid: number;
  readonly startTime: string;
}

function readOwner(path: string): Owner | undefined {
  try {
    const owner = JSON.parse(readFileSync(path, 'utf8')) as Partial<Owner>;
    return typeof owner.pid === 'number' && typeof owner.startTime === 'string'
      ? { pid: owner.pid, startTime: owner.startTime }
      : undefined;
  } catch (error) {
    const isUnreadable = error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (isUnreadable) return undefined;
    throw error;
  }
}

function isRunning(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return startTimeOf(owner.pid) === owner.startTime;
}

/** When a process began, as Linux tells it, so that a reused process id is not mistaken for the owner; `''` elsewhere. */
function startTimeOf(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only nobody has asked for its exit code yet.
    return state === 'Z' ? 'gone' : (fields[18] ?? '');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone';
    throw error;
  }
}
