import { makeRole } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

// Unlogged: counting costs no write to disk, and neither the write-ahead log nor a backup carries it. It survives the restart
// of a relay and of PostgreSQL; after a crash of PostgreSQL everybody begins anew. The columns stand in the order
// rate-limiter-flexible inserts them; keys are keyed hashes.
/** What accounts and addresses did lately, for their limits. */
export const rateLimits: Migration = {
  version: 5,
  name: 'rate limits',
  sql: `
    create unlogged table rate_limits (
      key text collate "C" primary key,
      points integer not null default 0,
      expire bigint
    );
    create index rate_limits_by_end on rate_limits (expire);
    ${makeRole('relay_limits')}
    grant usage on schema public to relay_limits;
    grant select, insert, update, delete on rate_limits to relay_limits;
    alter table rate_limits enable row level security;
    create policy limits on rate_limits to relay_limits using (true) with check (true);
  `,
};
