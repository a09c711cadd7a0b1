import type { LoadPlanner } from '@cacaw/core/device';

/** Fetches what only a person's edit needs; a failure says what to do, and the next call tries again. */
export const loadPlanner: LoadPlanner = async () => {
  const { planCommand } = await import('@cacaw/core/planner').catch((cause: unknown) => {
    throw new Error('This part of the app is not on this device yet. Connect once, then try again.', { cause });
  });
  return planCommand;
};
