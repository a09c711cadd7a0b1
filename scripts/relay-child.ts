import { spawn } from 'node:child_process';
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

/** Starts the relay from source and resolves when it answers `/healthz`; rejects with its output when it stops first. */
export async function startRelay(root: string, environment: { readonly [name: string]: string }): Promise<RelayChild> {
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(root, 'packages/relay/src/main.ts')], {
    cwd: root,
    env: { ...process.env, ...environment },
    // Its own address line is not repeated: the starter prints one. The ipc channel tells the relay when we are gone: it drains and ends instead of living on as an orphan.
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 1)));
  const state = { hasEnded: false };
  void ended.then(() => (state.hasEnded = true));
  await untilHealthy(`http://${environment['HOST'] ?? '127.0.0.1'}:${environment['PORT']}/healthz`, state);
  const stop = async (): Promise<void> => {
    if (state.hasEnded) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), drainMs);
    await ended;
    clearTimeout(timer);
  };
  return { pid: child.pid ?? 0, ended, stop };
}

async function untilHealthy(url: string, state: { readonly hasEnded: boolean }): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (Date.now() < deadline) {
    if (state.hasEnded) throw new Error('The relay stopped while starting; its own message stands above.');
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok === true) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`The relay did not answer ${url} within 30 s.`);
}
