import { makeRole } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

const named = `collection_id = current_setting('cacaw.collection', true)`;
const tables = ['blobs', 'uploads', 'public_photos'];

/** Rows of one collection for who names it, all rows for jobs. */
const wallOf = (table: string): string => `
    alter table ${table} enable row level security;
    grant select, insert, update, delete on ${table} to relay_blobs, relay_jobs;
    create policy blobs on ${table} to relay_blobs using (${named}) with check (${named});
    create policy jobs on ${table} to relay_jobs using (true) with check (true);`;

// What an account stores is counted by triggers, so that no statement can forget it: `charged` of both tables counts for the owner
// of a collection that is not gone. Whoever changes a row holds the collection's lock, as does whoever changes its owner.
/** Photos and files: what is stored, what is on its way, what is public. */
export const blobs: Migration = {
  version: 8,
  name: 'blobs',
  sql: `
    create table blobs (
      collection_id text collate "C" not null references collections,
      hash text collate "C" not null check (hash ~ '^[0-9a-f]{64}$'),
      use text collate "C" not null check (use in ('photo', 'file')),
      media_type text not null,
      charged bigint not null check (charged >= 0),
      variants jsonb not null,
      views text[] not null default '{}',
      created_at timestamptz not null default now(),
      marked_at timestamptz,
      marked_head bigint,
      primary key (collection_id, hash, use)
    );
    create index blobs_marked on blobs (marked_at) where marked_at is not null;

    create table uploads (
      collection_id text collate "C" not null references collections,
      hash text collate "C" not null check (hash ~ '^[0-9a-f]{64}$'),
      use text collate "C" not null check (use in ('photo', 'file')),
      total bigint not null check (total > 0),
      charged bigint not null check (charged >= 0),
      received bigint not null default 0 check (received between 0 and total),
      pieces text[] not null default '{}',
      member bigint not null check (member > 0),
      is_clean boolean not null default false,
      waits_for text check (waits_for in ('scanner', 'busy')),
      refusal text,
      worked_until timestamptz,
      started_at timestamptz not null default now(),
      touched_at timestamptz not null default now(),
      primary key (collection_id, hash, use)
    );
    create index uploads_touched on uploads (touched_at);

    create table public_photos (
      collection_id text collate "C" primary key references collections,
      token text collate "C" not null unique check (token ~ '^[0-9A-Za-z]{22}$'),
      made_at timestamptz not null default now()
    );

    create or replace function profiles_storage_fits() returns trigger language plpgsql as $fits$
    begin
      -- What changes hands is counted whatever the limit says: it is there.
      if new.storage_used > old.storage_used and new.storage_used > new.storage_limit
        and coalesce(current_setting('cacaw.changes_hands', true), '') <> 'on' then
        raise exception 'account % would use % of % bytes', new.account, new.storage_used, new.storage_limit
          using errcode = 'check_violation', constraint = 'profiles_storage_fits';
      end if;
      return new;
    end $fits$;

    create function collection_storage(wanted text) returns bigint language sql stable security definer set search_path = public, pg_temp as $sum$
      select coalesce((select sum(b.charged) from blobs b where b.collection_id = wanted), 0)::bigint
        + coalesce((select sum(u.charged) from uploads u where u.collection_id = wanted), 0)::bigint
    $sum$;

    create function blobs_charge() returns trigger language plpgsql security definer set search_path = public, pg_temp as $charge$
    declare
      moved bigint := (case when tg_op = 'DELETE' then 0 else new.charged end) - (case when tg_op = 'INSERT' then 0 else old.charged end);
      wanted text := case when tg_op = 'DELETE' then old.collection_id else new.collection_id end;
    begin
      if moved <> 0 then
        update profiles p set storage_used = p.storage_used + moved
        from members m join collections c using (collection_id)
        where m.collection_id = wanted and m.role = 'owner' and c.gone is null and p.account = m.account;
      end if;
      return null;
    end $charge$;
    create trigger blobs_charge after insert or delete or update of charged on blobs for each row execute function blobs_charge();
    create trigger blobs_charge after insert or delete or update of charged on uploads for each row execute function blobs_charge();

    create function storage_changes_hands() returns trigger language plpgsql security definer set search_path = public, pg_temp as $hands$
    declare
      former text := case when tg_op <> 'INSERT' and old.role = 'owner' then old.account end;
      next text := case when tg_op <> 'DELETE' and new.role = 'owner' then new.account end;
      wanted text := case when tg_op = 'DELETE' then old.collection_id else new.collection_id end;
      stored bigint;
    begin
      if former is not distinct from next then return null; end if;
      if exists (select from collections c where c.collection_id = wanted and c.gone is not null) then return null; end if;
      stored := collection_storage(wanted);
      if stored = 0 then return null; end if;
      perform set_config('cacaw.changes_hands', 'on', true);
      update profiles set storage_used = storage_used - stored where account = former;
      update profiles set storage_used = storage_used + stored where account = next;
      perform set_config('cacaw.changes_hands', '', true);
      return null;
    end $hands$;
    create trigger storage_changes_hands after insert or delete or update of role, account on members
      for each row execute function storage_changes_hands();

    create function storage_ends() returns trigger language plpgsql security definer set search_path = public, pg_temp as $ends$
    begin
      update profiles p set storage_used = p.storage_used - collection_storage(new.collection_id)
      from members m where m.collection_id = new.collection_id and m.role = 'owner' and p.account = m.account;
      return null;
    end $ends$;
    create trigger storage_ends after update of gone on collections
      for each row when (old.gone is null and new.gone is not null) execute function storage_ends();

    -- Locks the named collection for the transaction; null when there is none, or it is gone.
    create function hold_collection() returns bigint language sql security definer set search_path = public, pg_temp as $hold$
      select head from collections
      where collection_id = current_setting('cacaw.collection', true) and gone is null for no key update
    $hold$;

    -- Bytes the owner of the named collection uses and may use; of an owner without a profile what the collection holds, and no limit.
    create function owner_storage() returns table (used bigint, most bigint) language sql stable security definer set search_path = public, pg_temp as $room$
      select coalesce(p.storage_used, collection_storage(m.collection_id)), p.storage_limit
      from members m left join profiles p on p.account = m.account
      where m.collection_id = current_setting('cacaw.collection', true) and m.role = 'owner'
    $room$;

    -- The collection a public address belongs to.
    create function public_collection(wanted text) returns text language sql stable security definer set search_path = public, pg_temp as $address$
      select t.collection_id from public_photos t join collections c using (collection_id) where t.token = wanted and c.gone is null
    $address$;

    ${makeRole('relay_blobs')}
    grant usage on schema public to relay_blobs;
    ${tables.map(wallOf).join('\n')}
    revoke all on function collection_storage(text), hold_collection(), owner_storage(), public_collection(text) from public;
    grant execute on function hold_collection(), owner_storage(), public_collection(text) to relay_blobs;
    grant execute on function collection_storage(text) to relay_accounts;
  `,
};
