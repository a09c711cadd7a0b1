import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from './embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A superuser URL; test files make their own databases on it. */
    readonly postgresUrl: string;
  }
}

/** Gives every `*.pg.test.ts` a PostgreSQL: the one named by TEST_DATABASE_URL, else an embedded one for this run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env['TEST_DATABASE_URL'];
  if (given !== undefined) {
    project.provide('postgresUrl', given);
    return async () => {};
  }
  const dir = mkdtempSync(join(tmpdir(), 'cacaw-test-postgres-'));
  chmodSync(dir, 0o755);
  const server = await startEmbeddedPostgres({ dir, durable: false });
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
