// `pnpm cacaw …`: the relay's command line on the data folder of `npm start`, whether that runs or not.
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { claimDataFolder } from './data-lock.ts';
import { runningPostgres, startEmbeddedPostgres } from './embedded-postgres.ts';

const root = resolve(import.meta.dirname, '..');
const dataDir = resolve(root, process.env['DATA_DIR'] ?? 'data');

function runCli(variables: { readonly [name: string]: string }): Promise<number> {
  const child = spawn(process.execPath, ['--conditions=@cacaw/source', join(root, 'packages/relay/src/cli.ts'), ...process.argv.slice(2)], {
    env: { ...process.env, DATA_DIR: dataDir, ...variables },
    stdio: 'inherit',
  });
  return new Promise((done) => child.once('exit', (code) => done(code ?? 1)));
}

async function main(): Promise<number> {
  if ((process.env['DATABASE_URL'] ?? '') !== '') return runCli({});
  const dir = join(dataDir, 'postgres');
  const running = runningPostgres(dir);
  if (running !== undefined) return runCli({ DATABASE_URL: running.url });
  const release = claimDataFolder(dataDir);
  const database = await startEmbeddedPostgres({ dir, durable: true });
  try {
    return await runCli({ DATABASE_URL: database.url });
  } finally {
    await database.stop();
    release();
  }
}

process.exitCode = await main();
