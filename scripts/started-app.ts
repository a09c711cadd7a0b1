import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');

/** `npm start` as a person runs it, in a process group of its own. */
export interface StartedApp {
  readonly npm: ChildProcess;
  /** The address it printed. */
  readonly address: string;
  /** Everything it printed so far. */
  output(): string;
  /** Every process below npm, npm included. */
  tree(): readonly number[];
}

/** Runs `npm start` and resolves when it prints its address; rejects with its output when it ends first. */
export async function startApp(environment: { readonly [name: string]: string }): Promise<StartedApp> {
  const npm = spawn('npm', ['start'], {
    cwd: root,
    env: { ...process.env, ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  return new Promise((done, failed) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      const address = /open (http:\/\/\S+)/.exec(output)?.[1];
      if (address !== undefined) done({ npm, address, output: () => output, tree: () => treeBelow(npm.pid ?? 0) });
    };
    npm.stdout.on('data', read);
    npm.stderr.on('data', read);
    npm.once('close', (code) => failed(new Error(`npm start ended (${code}):\n${output}`)));
  });
}

/** Resolves when none of the processes lives any more; rejects naming the survivors after `timeoutMs`. */
export async function untilGone(pids: readonly number[], timeoutMs = 20_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const alive = pids.filter(isAlive);
    if (alive.length === 0) return;
    if (Date.now() > deadline) throw new Error(`Still running: ${alive.map((pid) => `${pid} ${commandOf(pid)}`).join(', ')}`);
    await new Promise((resolve_) => setTimeout(resolve_, 50));
  }
}

function treeBelow(top: number): readonly number[] {
  const parents = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [Number(name), parentOf(Number(name))] as const);
  const tree = new Set([top]);
  for (let size = 0; size !== tree.size;) {
    size = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree];
}

function parentOf(pid: number): number {
  const stat = procFile(pid, 'stat');
  return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1] ?? 0);
}

const commandOf = (pid: number): string => procFile(pid, 'cmdline').replaceAll('\0', ' ');

/** A zombie has ended; only its parent has not asked yet. */
const isAlive = (pid: number): boolean => {
  const stat = procFile(pid, 'stat');
  return stat !== '' && !stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
};

function procFile(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return '';
    throw error;
  }
}
