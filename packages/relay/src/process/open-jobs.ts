import { createPostgresBlobMarks } from '../adapters/postgres/blob-marks.ts';
import type { Database } from '../adapters/postgres/connection.ts';
import { systemClock } from '../adapters/system-clock.ts';
import type { Observer } from '../observer.ts';
import { cleaningJob, finishingJob } from '../orphans/cleaning-job.ts';
import type { BlobStore } from '../ports/blob-store.ts';
import type { JobQueue } from '../ports/job-queue.ts';
import type { UpdateLog } from '../ports/update-log.ts';
import type { OpenedPhotos } from './open-photos.ts';

/** What the jobs of a relay stand on. */
export interface JobsGround {
  readonly jobs: JobQueue;
  readonly database: Database;
  readonly log: UpdateLog;
  readonly photos: OpenedPhotos;
  readonly store: BlobStore;
  readonly observer: Observer;
}

/** From now on this relay takes every job there is. */
export async function declareJobs({ jobs, database, photos: { blobs, pipeline }, ...ground }: JobsGround): Promise<void> {
  await jobs.declare(cleaningJob({ ...ground, blobs, marks: createPostgresBlobMarks(database), clock: systemClock }));
  await jobs.declare(finishingJob(() => pipeline.finishChecking(), ground.observer));
}
