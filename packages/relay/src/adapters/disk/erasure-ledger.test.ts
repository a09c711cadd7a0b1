import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { newCollectionId } from '@cacaw/protocol';
import { erasureLedgerContract } from '../../contracts/erasure-ledger.ts';
import { createMemoryErasureLedger } from '../memory/erasure-ledger.ts';
import { systemClock, systemRandom } from '../system-clock.ts';
import { createDiskErasureLedger } from './erasure-ledger.ts';

const folder = mkdtempSync(join(tmpdir(), 'cacaw-ledger-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let count = 0;
const newPath = (): string => join(folder, String((count += 1)), 'erasures');

describe('disk ledger', () =>
  erasureLedgerContract(async () => {
    const path = newPath();
    return [createDiskErasureLedger({ path, clock: systemClock }), createDiskErasureLedger({ path, clock: systemClock })];
  }));

describe('memory ledger', () =>
  erasureLedgerContract(async () => {
    const ledger = createMemoryErasureLedger(systemClock);
    return [ledger, ledger];
  }));

it('[Z20] a line cut by a crash costs only itself, and only its owner can read the file', async () => {
  const path = newPath();
  const ledger = createDiskErasureLedger({ path, clock: systemClock });
  const ids = [newCollectionId(systemRandom), newCollectionId(systemRandom)] as const;

  await ledger.note({ kind: 'collection', id: ids[0] });
  appendFileSync(path, '2026-11-28T10:00:00.000Z collec');
  await ledger.note({ kind: 'collection', id: ids[1] });

  expect((await ledger.entries()).map(({ id }) => id)).toEqual(ids);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

it('[Z20] an account line that a crash has cut is none: what becomes of its collections is never half known', async () => {
  const path = newPath();
  const ledger = createDiskErasureLedger({ path, clock: systemClock });
  await ledger.note({ kind: 'collection', id: newCollectionId(systemRandom) });
  const account = 'A'.repeat(22);
  const [one, two] = [newCollectionId(systemRandom), newCollectionId(systemRandom)];

  for (const line of [`account ${account}`, `account ${account} with:${one}`, `account ${account} with:${one} heir:${two}:${account}`])
    appendFileSync(path, `\n2026-11-28T10:00:00.000Z ${line}`);
  expect((await ledger.entries()).map(({ kind }) => kind)).toEqual(['collection']);

  appendFileSync(path, `\n2026-11-28T10:00:00.000Z account ${account} with:${one} heir:${two}:${account} .\n`);
  expect((await ledger.entries()).at(-1)).toMatchObject({ collections: [one], heirs: [{ collection: two, account }] });
});
