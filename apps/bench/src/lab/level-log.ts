import { globSync, statSync } from 'node:fs';
import type { Profile, Visit } from './browser.ts';

/** Chromium's IndexedDB starts a new log after about this much; what the last one holds is replayed by every start. */
const rolledAt = 4 * 1024 * 1024;
const shortLog = 400_000;

/**
 * Brings the write-ahead log below a profile's databases to its shortest. How much of it a start must replay depends on the
 * moment the last visit ended, not on how large a collection is: profiles are compared with logs of the same length.
 */
export async function shortenLog(profile: Profile, visit: () => Promise<Visit>): Promise<void> {
  for (let attempt = 0; attempt < 4 && logBytes(profile) > shortLog; attempt += 1) {
    await using one = await visit();
    await one.call('pad', Math.max(0, rolledAt - logBytes(profile)) + shortLog / 4);
  }
}

/** Bytes of the log the next start will replay. */
export const logBytes = ({ folder }: Profile): number =>
  globSync(`${folder}/Default/IndexedDB/*.leveldb/*.log`).reduce((sum, path) => sum + statSync(path).size, 0);
