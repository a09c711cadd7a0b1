import { foldedKinds } from '../../../ports/audit.ts';
import { makeRole } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

const kinds = foldedKinds.map((kind) => `'${kind}'`).join(', ');

// Lines that belong to no collection have an empty id, so that the key can begin with it. What is folded is counted up by a
// function only: the role itself can neither change nor remove a line. Names in the clear are ids and networks, nothing else.
/** What happened here: one by one, and folded by the hour. */
export const audit: Migration = {
  version: 6,
  name: 'audit',
  sql: `
    create table audit_events (
      collection_id text collate "C" not null default '',
      at timestamptz not null,
      id bigint generated always as identity,
      kind text collate "C" not null check (kind not in (${kinds}) or details ? 'summed'),
      account text collate "C",
      network text collate "C",
      count bigint not null default 1 check (count > 0),
      details jsonb not null default '{}',
      primary key (collection_id, at, id)
    );
    create index audit_events_of_account on audit_events (account, at) where account is not null;
    create index audit_events_by_age on audit_events (at);

    create table audit_access (
      collection_id text collate "C" not null default '',
      hour timestamptz not null,
      kind text collate "C" not null check (kind in (${kinds})),
      caller text collate "C" not null,
      account text collate "C",
      network text collate "C",
      count bigint not null check (count > 0),
      primary key (collection_id, hour, kind, caller)
    );
    create index audit_access_of_account on audit_access (account, hour) where account is not null;
    create index audit_access_by_age on audit_access (hour);

    create function audit_fold(lines jsonb) returns void language sql security definer set search_path = public, pg_temp as $fold$
      insert into audit_access (collection_id, hour, kind, caller, account, network, count)
      select coalesce(l.collection, ''), to_timestamp(l.at / 1000.0), l.kind, coalesce(l.account, l.network, ''), l.account, l.network, l.count
      from jsonb_to_recordset(lines) as l(at bigint, kind text, account text, collection text, network text, count bigint)
      order by 1, 2, 3, 4
      on conflict (collection_id, hour, kind, caller) do update set count = audit_access.count + excluded.count
    $fold$;

    create function audit_purge(days integer) returns void language plpgsql security definer set search_path = public, pg_temp as $purge$
    begin
      if days is null or days < 30 then raise exception 'the audit log is kept for 30 days at least'; end if;
      delete from audit_events where at < now() - make_interval(days => days);
      delete from audit_access where hour < now() - make_interval(days => days);
    end $purge$;

    ${makeRole('relay_audit')}
    grant usage on schema public to relay_audit;
    grant select, insert on audit_events to relay_audit;
    grant select on audit_access to relay_audit;
    grant select (collection_id, seq, member, received_at) on updates to relay_audit;
    grant select (collection_id, member, account) on members to relay_audit;
    revoke all on function audit_fold(jsonb), audit_purge(integer) from public;
    grant execute on function audit_fold(jsonb), audit_purge(integer) to relay_audit;

    alter table audit_events enable row level security;
    alter table audit_access enable row level security;
    create policy notes on audit_events for insert to relay_audit with check (true);
    create policy reads on audit_events for select to relay_audit using (
      collection_id = nullif(current_setting('cacaw.collection', true), '') or account = nullif(current_setting('cacaw.account', true), ''));
    create policy reads on audit_access for select to relay_audit using (
      collection_id = nullif(current_setting('cacaw.collection', true), '') or account = nullif(current_setting('cacaw.account', true), ''));
    create policy audits on updates for select to relay_audit using (collection_id = nullif(current_setting('cacaw.collection', true), ''));
    create policy audits on members for select to relay_audit using (collection_id = nullif(current_setting('cacaw.collection', true), ''));
  `,
};
