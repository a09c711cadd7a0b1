import type { LookupSourceName } from '@cacaw/protocol/http';
import { createOpenLibrary } from '../adapters/open-library/lookup-source.ts';
import { createScryfall } from '../adapters/scryfall/lookup-source.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createUpcItemDb } from '../adapters/upcitemdb/lookup-source.ts';
import type { LookupPlan } from '../lookup/config.ts';
import { createLookups, type Lookups } from '../lookup/lookups.ts';
import type { LookupPlace, LookupSource } from '../ports/lookup-source.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';

const adapters: { readonly [name in LookupSourceName]: (place: LookupPlace) => LookupSource } = {
  'open-library': createOpenLibrary,
  upcitemdb: createUpcItemDb,
  scryfall: createScryfall,
};

/** The sources the operator has set up; none unless they did. They are told which software asks, and where it stands. */
export const openLookups = (
  plans: readonly LookupPlan[],
  { version, site, limiter }: { readonly version: string; readonly site: string; readonly limiter: RateLimiter },
): Lookups =>
  createLookups(
    plans.map(({ name, baseUrl }) => adapters[name]({ baseUrl, agent: `Cacaw/${version} (${site})` })),
    { clock: systemClock, limiter },
  );
