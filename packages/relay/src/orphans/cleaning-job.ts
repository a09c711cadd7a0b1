import type { Observer } from '../observer.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { Blobs } from '../ports/blobs.ts';
import type { JobDeclaration } from '../ports/job-queue.ts';
import { cleanOrphans, type CleaningPorts } from './clean-orphans.ts';
import { startReferenceThread } from './reference-thread.ts';

/** What the daily cleaning stands on. */
export interface CleaningGround extends Omit<CleaningPorts, 'read' | 'signal'> {
  readonly blobs: Pick<Blobs, 'sweep'>;
  readonly store: Pick<BlobStore, 'list' | 'delete' | 'deleteAll'>;
  readonly observer: Observer;
}

/** The jobs of photos and files, by name. */
export const photoJobs = ['cleanup-orphaned-files', 'finish-photos'] as const;

const [cleaning, finishing] = photoJobs;

/** Every day at 02:00 UTC: uploads nobody goes on with, blobs nothing refers to, files nothing accounts for. */
export const cleaningJob = (ground: CleaningGround): JobDeclaration => ({
  name: cleaning,
  cron: '0 2 * * *',
  limitSeconds: 6 * 3600,
  async run({ signal }) {
    for (const name of (await ground.blobs.sweep()).pieces) await ground.store.delete(name);
    await using thread = startReferenceThread();
    const { marked, unmarked, removed, swept, unknown } = await cleanOrphans({ ...ground, read: thread.read, signal });
    ground.observer.note('blobs were cleaned', { marked, unmarked, removed, swept, unknown });
  },
});

/** Every minute: photos that wait for a scanner, or whose relay died in the middle. */
export const finishingJob = (finish: () => Promise<number>, observer: Observer): JobDeclaration => ({
  name: finishing,
  cron: '* * * * *',
  async run() {
    // The next minute is the next try: a store that is away for a day must not leave a failed job for each.
    await finish().catch((error: unknown) => observer.fault('photos that wait could not be finished', { error }));
  },
});
