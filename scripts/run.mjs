// Plain Node >= 18, no dependencies. Brings the toolchain (pnpm, and Node 24 where the outer Node is too old) into
// .toolchain/ through npm, then runs one pnpm script; pnpm itself installs what the lockfile names. Works offline the second time.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const pnpmVersion = '12.21.0';
const nodeVersion = '24.21.0';
const oldestNode = [24, 7];
const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const toolchain = join(root, '.toolchain');
const isWindows = process.platform === 'win32';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
// A Node that came with the toolchain is no reason to take it out again.
const isOwnNode = process.execPath.startsWith(toolchain);
const isNodeNewEnough = !isOwnNode && (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1]));
const wanted = [`pnpm@${pnpmVersion}`, ...(isNodeNewEnough ? [] : [`node@${nodeVersion}`])];

const startedAt = Date.now();
bringToolchain();
runScript(process.argv.slice(2));

function bringToolchain() {
  const stamp = join(toolchain, 'stamp');
  const key = wanted.join(' ');
  // What is there may be more than is wanted: run by the toolchain's own Node, it must not take that Node away again.
  const there = existsSync(stamp) ? readFileSync(stamp, 'utf8').split(' ') : [];
  if (wanted.every((part) => there.includes(part))) return;
  rmSync(stamp, { force: true });
  mkdirSync(toolchain, { recursive: true });
  // npm 12 blocks install scripts unless the project allows them; the node package needs its own to place the binary.
  writeFileSync(join(toolchain, 'package.json'), '{"private":true,"allowScripts":{"node":true,"pnpm":true}}\n');
  console.log(`[cacaw] toolchain: installing ${key} into .toolchain (first run only)`);
  const result = spawnSync(
    'npm',
    ['install', '--prefix', toolchain, '--no-save', '--no-audit', '--no-fund', '--loglevel=error', ...wanted],
    {
      cwd: toolchain,
      stdio: ['ignore', 'inherit', 'inherit'],
      shell: isWindows,
    },
  );
  if (result.status !== 0) {
    console.error(
      `[cacaw] npm could not install ${key}. The first run needs a network (or a warm npm cache); run the same command again when there is one.`,
    );
    process.exit(result.status ?? 1);
  }
  writeFileSync(stamp, key);
  console.log(`[cacaw] toolchain: ready after ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
}

function runScript(args) {
  const bin = join(toolchain, 'node_modules', '.bin');
  const env = { ...process.env, PATH: bin + delimiter + process.env.PATH, CACAW_STARTED_AT: String(startedAt) };
  const child = spawn(join(bin, isWindows ? 'pnpm.cmd' : 'pnpm'), ['run', ...args], { cwd: root, stdio: 'inherit', env, shell: isWindows });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  // Killing npm leaves its shell and us behind as orphans: without this the server would run on (measured).
  const ancestors = ancestry();
  const watch = setInterval(() => {
    if (ancestry() === ancestors) return;
    clearInterval(watch);
    child.kill('SIGTERM');
  }, 300);
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 15)));
}

/** Who started us and, where the system tells it cheaply, who started them: npm runs scripts through a shell. */
function ancestry() {
  try {
    const stat = readFileSync(`/proc/${process.ppid}/stat`, 'utf8');
    const [, grandparent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return `${process.ppid} ${grandparent}`;
  } catch {
    return String(process.ppid);
  }
}
