import type { LoadPlanner } from '@cacaw/core/device';
import type * as Planner from '@cacaw/core/planner';

let loaded: typeof Planner | undefined;

/** Kept at hand: to import again what is loaded already costs each edit some turns of the browser's event loop. */
const load = async (): Promise<typeof Planner> =>
  (loaded ??= await import('@cacaw/core/planner').catch((cause: unknown) => {
    throw new Error('This part of the app is not on this device yet. Connect once, then try again.', { cause });
  }));

/** Fetches what only a person's edit needs; a failure says what to do, and the next call tries again. */
export const loadPlanner: LoadPlanner = async () => (await load()).planCommand;

/** Reads what others replaced; fetched as the planner is, of which it needs half. */
export const readSuperseded: typeof Planner.readSuperseded = async (...asked) => (await load()).readSuperseded(...asked);
