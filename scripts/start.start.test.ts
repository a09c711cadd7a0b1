import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { claimDataFolder } from './data-lock.ts';
import { startApp, untilGone, type StartedApp } from './started-app.ts';

const opened: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).toReversed()) await close();
});

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cacaw start '));
  chmodSync(folder, 0o755); // as root the database runs as nobody and must reach its cluster here, not in /var/lib
  opened.push(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function start(dataDir: string): Promise<StartedApp> {
  const app = await startApp({ DATA_DIR: dataDir, PORT: '0' });
  opened.push(async () => {
    const tree = app.tree();
    for (const pid of tree.toReversed()) if (pid !== process.pid) kill(pid, 'SIGKILL');
    await untilGone(tree);
  });
  return app;
}

function kill(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const anna = { name: 'Anna', email: 'anna@mail.example', password: 'correct horse battery staple' };
const askFor = (address: string, path: 'sign-up' | 'sign-in', person: typeof anna): Promise<Response> =>
  fetch(`${address}/api/auth/${path}/email`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify(person),
  });

test('[N1] one address serves the app, the API and the socket', async () => {
  const app = await start(dataFolder());
  expect(await (await fetch(app.address)).text()).toContain('<html');
  expect((await fetch(`${app.address}/healthz`)).status).toBe(200);
  const socket = new WebSocket(`${app.address.replace('http', 'ws')}/sync`, 'cacaw.1');
  await new Promise((resolve, reject) => {
    socket.addEventListener('open', resolve);
    socket.addEventListener('error', reject);
  });
  expect(socket.protocol).toBe('cacaw.1');
  socket.close();
});

test('[N2] a second start on the same data says that one is running', async () => {
  const folder = dataFolder();
  await start(folder);
  await expect(start(folder)).rejects.toThrow(/already running on the data in .*process \d+/);
});

test('[N3] a taken port is said so, with the variable that changes it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  opened.push(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await expect(startApp({ DATA_DIR: dataFolder(), PORT: String(port) })).rejects.toThrow(new RegExp(`Port ${port}.*PORT`));
});

test('[N4] Ctrl-C leaves no process behind', async () => {
  const app = await start(dataFolder());
  const tree = app.tree();
  expect(tree.length).toBeGreaterThan(4);
  process.kill(-(app.npm.pid ?? 0), 'SIGINT');
  await untilGone(tree);
});

test('[N5] killing npm leaves no process behind', async () => {
  const app = await start(dataFolder());
  const tree = app.tree();
  process.kill(app.npm.pid ?? 0, 'SIGKILL');
  await untilGone(tree);
});

test('[N6] what was committed is there after a SIGKILL of the whole tree', async () => {
  const folder = dataFolder();
  const first = await start(folder);
  expect((await askFor(first.address, 'sign-up', anna)).status).toBe(200);
  const tree = first.tree();
  for (const pid of tree) kill(pid, 'SIGKILL');
  await untilGone(tree);
  const second = await start(folder);
  // Known, and still to be confirmed by mail; somebody it had never heard of would be 401.
  expect((await askFor(second.address, 'sign-in', anna)).status).toBe(403);
});

test('[N7] a claim left by a process that is gone is taken over', () => {
  const folder = dataFolder();
  writeFileSync(join(folder, 'running.json'), JSON.stringify({ pid: process.pid, startTime: 'another' }));
  const release = claimDataFolder(folder);
  expect(() => claimDataFolder(folder)).toThrow('already running');
  release();
});
