import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** A running relay process, owned by whoever started it. */
export interface RelayChild {
  readonly pid: number;
  /** Resolves with the exit code once the process is gone. */
  readonly ended: Promise<number>;
  /** Asks it to drain, waits, and kills it after ten seconds. */
  stop(): Promise<void>;
}

const drainMs = 10_000;
/** Longer than the relay waits for a database that is still starting. */
const startMs = 90_000;

/**
 * Room for young objects. Bodies of pictures and pages die young; in the 16 MiB that V8 takes by itself they wait for collections of the
 * whole heap: one picture in nine for 60 to 90 ms of processor time. With 4 MiB small collections of 2 ms free them, and the heap is
 * 75 MB instead of 197.
 */
const memory = '--max-semi-space-size=4';

/** Starts the relay from source and resolves when it listens; rejects with its output when it stops first. */
export async function startRelay(root: string, environment: { readonly [name: string]: string }): Promise<RelayChild> {
  const child = spawn(process.execPath, [memory, '--conditions=@cacaw/source', join(root, 'packages/relay/src/main.ts')], {
    cwd: root,
    env: { ...process.env, ...environment },
    // Its own address line is not repeated: the starter prints one. The ipc channel tells the relay when we are gone: it drains and ends instead of living on as an orphan.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const state = { hasEnded: false };
  void ended.then(() => (state.hasEnded = true));
  await untilListening(child, ended);
  const stop = async (): Promise<void> => {
    if (state.hasEnded) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), drainMs);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, ended, stop };
}

/** The relay says over the channel when it listens, whatever it speaks there. */
function untilListening(child: ChildProcess, ended: Promise<number>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`The relay did not listen within ${startMs / 1000} s.`)), startMs);
    child.once('message', () => {
      clearTimeout(timer);
      resolve();
    });
    void ended.then(() => {
      clearTimeout(timer);
      reject(new Error('The relay stopped while starting; its own message stands above.'));
    });
  });
}
