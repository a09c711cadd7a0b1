import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { startFakeSource, upcItemDbWire, type FakeSource } from '../../../packages/relay/test/fake-source.ts';
import { runningPostgres } from '../../../scripts/embedded-postgres.ts';
import { Mailbox } from './mailbox.ts';
import { Vision } from './vision.ts';

const root = resolve(import.meta.dirname, '../../..');
/** The relay's driver: no part of the app. */
const postgres = createRequire(join(root, 'packages/relay/package.json'))('postgres') as (
  url: string,
  options: { readonly max: number },
) => { unsafe(statement: string): Promise<readonly object[]>; end(): Promise<void> };

/** `npm start`'s own script on a folder of its own, behind a wire that a journey can cut. */
export interface RunningApp {
  /** What browsers open; goes through the wire. */
  readonly origin: string;
  /** Cuts every connection and refuses new ones, as a pulled cable or a stopped server does. */
  cut(): Promise<void>;
  mend(): Promise<void>;
  /** From now on browsers come from another address, as other people do; limits are counted by it. */
  moveAway(): void;
  /** Stops the server and starts it with another build of the app, as an update does. */
  updateTo(webDir: string): Promise<void>;
  /** `pnpm cacaw …` on this app's folder: what an operator types; resolves with what it says. */
  asOperator(...words: readonly string[]): Promise<string>;
  /** Lets happen in the database what otherwise takes a day, or an operator; answers the rows. */
  bySql(statement: string): Promise<readonly object[]>;
  /** What the relay wrote instead of sending it. */
  readonly mailbox: Mailbox;
  /** What looks at photos. */
  readonly vision: Vision;
  /** What is asked about barcodes. */
  readonly products: FakeSource;
  stop(): Promise<void>;
}

/** Starts the built app, the relay and an embedded PostgreSQL; resolves when they answer. */
export async function startApp(): Promise<RunningApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cacaw-journey-'));
  chmodSync(dataDir, 0o755); // as root the database runs as nobody and must reach its cluster here
  const wire = new CuttableWire();
  const vision = await Vision.start();
  const products = await startFakeSource(upcItemDbWire);
  // A name and not a number: passkeys belong to names.
  const origin = `http://localhost:${await wire.listen()}`;
  const start = (more: { readonly [name: string]: string } = {}): StartedServer =>
    startServer({
      DATA_DIR: dataDir,
      PORT: '0',
      PUBLIC_URL: origin,
      ALLOWED_ORIGINS: origin,
      LOG_LEVEL: 'error',
      GEMINI_API_KEY: 'key-of-the-relay',
      GEMINI_BASE_URL: vision.url,
      LOOKUP_SOURCES: `upcitemdb=${products.url}`,
      ...more,
    });
  let server = start();
  wire.target = await server.port;
  return {
    origin,
    cut: () => wire.cut(),
    mend: () => wire.mend(),
    moveAway: () => wire.moveAway(),
    async updateTo(webDir) {
      await wire.cut();
      await server.end();
      server = start({ WEB_DIR: webDir });
      wire.target = await server.port;
      await wire.mend();
    },
    asOperator: (...words) => operate(dataDir, words),
    bySql: (statement) => ask(dataDir, statement),
    mailbox: new Mailbox(dataDir),
    vision,
    products,
    stop: async () => {
      await wire.cut();
      await server.end();
      await Promise.all([vision.stop(), products.stop()]);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

interface StartedServer {
  /** Where it listens, once it does. */
  readonly port: Promise<number>;
  end(): Promise<void>;
}

function startServer(environment: { readonly [name: string]: string }): StartedServer {
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', 'scripts/start.ts'], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  return {
    port: portPrinted(child),
    async end() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function operate(dataDir: string, words: readonly string[]): Promise<string> {
  const args = ['--conditions=@cacaw/source', 'scripts/cacaw.ts', ...words];
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, DATA_DIR: dataDir }, stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (said += data.toString()));
  const code = await new Promise<number | null>((done) => child.once('exit', done));
  if (code !== 0) throw new Error(`cacaw ${words.join(' ')} ended with ${code}:\n${said}`);
  return said;
}

async function ask(dataDir: string, statement: string): Promise<readonly object[]> {
  const url = runningPostgres(join(dataDir, 'postgres'))?.url;
  if (url === undefined) throw new Error('The database of this app does not run.');
  const sql = postgres(url, { max: 1 });
  return sql.unsafe(statement).finally(() => sql.end());
}

function portPrinted(child: ReturnType<typeof spawn>): Promise<number> {
  let output = '';
  return new Promise((done, failed) => {
    const read = (data: Buffer): void => {
      output += data.toString();
      const port = /open http:\/\/[^:]+:(\d+)/.exec(output)?.[1];
      if (port !== undefined) done(Number(port));
    };
    child.stdout?.on('data', read);
    child.stderr?.on('data', read);
    child.once('exit', (code) => failed(new Error(`The app ended (${code}) before it was up:\n${output}`)));
  });
}

/** A TCP proxy: a browser's offline switch leaves open sockets open, this does not. */
class CuttableWire {
  target = 0;
  #address = 1;
  #port = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();

  async listen(): Promise<number> {
    const server = createServer((near) => this.#join(near));
    await new Promise<void>((done, failed) => server.once('error', failed).listen(this.#port, '127.0.0.1', done));
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    return this.#port;
  }

  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = new Promise<void>((done) => server.close(() => done()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async mend(): Promise<void> {
    if (!this.#server) await this.listen();
  }

  moveAway(): void {
    this.#address = (this.#address % 250) + 1;
  }

  #join(near: Socket): void {
    // Everywhere else this machine has one loopback address only.
    const from = process.platform === 'linux' ? { localAddress: `127.0.0.${this.#address}` } : {};
    const far = connect({ port: this.target, host: '127.0.0.1', ...from });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => {
        this.#sockets.delete(one);
        other.destroy();
      });
      one.pipe(other);
    }
  }
}
