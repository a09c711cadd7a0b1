import { wallRoles, type queueRole, type WallRole } from '../wall.ts';
import type { Migration } from './migration.ts';

// Roles belong to the whole cluster: other databases of it may make them at the same moment.
/** Makes a role of the wall that is not there yet, for whoever runs the relay. */
export const makeRole = (role: WallRole | typeof queueRole): string => `
  begin create role ${role} nologin; exception when duplicate_object or unique_violation then null; end;
  begin
    if not (select rolsuper from pg_roles where rolname = current_user) then execute format('grant ${role} to %I', current_user); end if;
  exception when others then if sqlstate not in ('XX000', '23505') then raise; end if;
  end;`;

const named = `collection_id = current_setting('cacaw.collection', true)`;
const locked = `collection_id = any(string_to_array(current_setting('cacaw.locked', true), ','))`;
// The members table shows this role its own rows only, so the condition cannot be widened from here.
const mine = `collection_id in (
  select m.collection_id from members m where m.account = nullif(current_setting('cacaw.account', true), '') and m.role <> 'none')`;

/** Tables of no collection: who people are, and how they sign in. */
const keptByAccounts = [
  'profiles',
  'sign_ins',
  'credentials',
  'verifications',
  'signing_keys',
  'second_factors',
  'passkeys',
  'sign_up_invites',
  'detections_used',
  'used_codes',
];

/** Statements that let two roles, and no other, into a table of no collection. */
export const keepByAccounts = (table: string): string => `
    alter table ${table} enable row level security;
    grant select, insert, update, delete on ${table} to relay_accounts, relay_jobs;
    create policy kept on ${table} to relay_accounts, relay_jobs using (true) with check (true);`;

/** Separate roles and row-level security on everything that belongs to a collection; see `wall.ts`. */
export const theWall: Migration = {
  version: 4,
  name: 'the second wall',
  sql: `
    ${wallRoles.map(makeRole).join('\n')}
    grant usage on schema public to ${wallRoles.join(', ')};

    -- Locks what can be locked, patiently or not, and remembers it for the rest of the transaction.
    create function lock_collections(patient text[], free text[])
      returns table (collection_id text, head bigint, chain bytea, lineage bytea, access bigint, minimum_schema integer, gone text)
      language plpgsql as $lock$
      declare held text[] := '{}';
      begin
        for collection_id, head, chain, lineage, access, minimum_schema, gone in
          select c.collection_id, c.head, c.chain, c.lineage, c.access, c.minimum_schema, c.gone from collections c
          where c.collection_id = any(patient) order by c.collection_id for no key update
        loop
          held := held || collection_id;
          return next;
        end loop;
        for collection_id, head, chain, lineage, access, minimum_schema, gone in
          select c.collection_id, c.head, c.chain, c.lineage, c.access, c.minimum_schema, c.gone from collections c
          where c.collection_id = any(free) order by c.collection_id for no key update skip locked
        loop
          held := held || collection_id;
          return next;
        end loop;
        perform set_config('cacaw.locked', array_to_string(held, ','), true);
      end $lock$;

    alter table collections enable row level security;
    alter table updates enable row level security;
    alter table writers enable row level security;
    alter table members enable row level security;
    alter table documents enable row level security;
    alter table snapshots enable row level security;
    alter table capabilities enable row level security;

    grant select (collection_id, head, chain, lineage, access, minimum_schema, gone), update (head, chain) on collections to relay_append;
    grant select, insert on updates to relay_append;
    grant select, insert, update on writers, documents to relay_append;
    grant select (collection_id, member, role, same_as) on members to relay_append;
    create policy append_sees on collections for select to relay_append using (true);
    create policy append_moves on collections for update to relay_append using (true) with check (${locked});
    create policy append on updates to relay_append using (${locked}) with check (${locked});
    create policy append on writers to relay_append using (${locked}) with check (${locked});
    create policy append on documents to relay_append using (${locked}) with check (${locked});
    create policy append on members for select to relay_append using (${locked});

    grant select (collection_id, head, chain, lineage, access, minimum_schema, gone) on collections to relay_read, relay_room, relay_look;
    grant select on updates, writers, documents, snapshots to relay_read, relay_room;
    grant insert, update on snapshots to relay_room;
    grant select (collection_id, member, account, role) on members to relay_read;
    create policy look on collections for select to relay_look using (true);
    create policy reads on collections for select to relay_read using (${mine});
    create policy reads on updates for select to relay_read using (${mine});
    create policy reads on writers for select to relay_read using (${mine});
    create policy reads on documents for select to relay_read using (${mine});
    create policy reads on snapshots for select to relay_read using (${mine});
    create policy reads_own on members for select to relay_read
      using (account = nullif(current_setting('cacaw.account', true), ''));
    create policy room on collections for select to relay_room using (${named});
    create policy room on updates for select to relay_room using (${named});
    create policy room on writers for select to relay_room using (${named});
    create policy room on documents for select to relay_room using (${named});
    create policy room on snapshots to relay_room using (${named}) with check (${named});

    grant select, insert, update on collections, members, capabilities to relay_accounts;
    grant delete on capabilities to relay_accounts;
    grant select, update on writers to relay_accounts;
    create policy accounts on collections to relay_accounts using (true) with check (true);
    create policy accounts on members to relay_accounts using (true) with check (true);
    create policy accounts on capabilities to relay_accounts using (true) with check (true);
    create policy accounts on writers to relay_accounts using (true) with check (true);

    grant select on migrations to relay_accounts;
    ${keptByAccounts.map(keepByAccounts).join('\n')}

    grant select, insert, update, delete on collections, updates, writers, members, documents, snapshots, capabilities to relay_jobs;
    create policy jobs on collections to relay_jobs using (true) with check (true);
    create policy jobs on updates to relay_jobs using (true) with check (true);
    create policy jobs on writers to relay_jobs using (true) with check (true);
    create policy jobs on members to relay_jobs using (true) with check (true);
    create policy jobs on documents to relay_jobs using (true) with check (true);
    create policy jobs on snapshots to relay_jobs using (true) with check (true);
    create policy jobs on capabilities to relay_jobs using (true) with check (true);
  `,
};
