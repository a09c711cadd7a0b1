import { describe } from 'vitest';
import { jobQueueContract } from '../../contracts/job-queue.ts';
import { until } from '../../../test/http-relay.ts';
import { createManualClock } from '../../../test/manual-clock.ts';
import { createMemoryJobs } from './job-queue.ts';

describe('memory job queue', () =>
  jobQueueContract(async () => {
    const clock = createManualClock();
    const jobs = createMemoryJobs({ clock });
    return { join: async () => jobs.join(), advance: (ms) => clock.advance(ms) };
  }, until));
