import type { Migration } from './migration.ts';

// The audit log can be changed by nobody, so what erasing does to it is a function: who and from where goes, that it happened
// and how often stays.
/** What erasing an account needs of tables it may not touch. */
export const erasure: Migration = {
  version: 7,
  name: 'erasure',
  sql: `
    create function audit_forget(gone text) returns void language plpgsql security definer set search_path = public, pg_temp as $forget$
    begin
      update audit_events set account = null, network = null where account = gone;
      update audit_events set details = replace(details::text, gone, 'erased')::jsonb where position(gone in details::text) > 0;
      with taken as (delete from audit_access where account = gone or caller = gone returning collection_id, hour, kind, count)
      insert into audit_access (collection_id, hour, kind, caller, count)
      select collection_id, hour, kind, 'erased', sum(count) from taken group by 1, 2, 3
      on conflict (collection_id, hour, kind, caller) do update set count = audit_access.count + excluded.count;
    end $forget$;

    create function accounts_remaining(gone text[]) returns setof text language sql stable security definer set search_path = public, pg_temp as $left$
      select account from profiles where account = any(gone)
      union select account from members where account = any(gone)
      union select account from audit_events where account = any(gone)
      union select account from audit_access where account = any(gone)
    $left$;

    revoke all on function audit_forget(text), accounts_remaining(text[]) from public;
    grant execute on function audit_forget(text), accounts_remaining(text[]) to relay_jobs;
  `,
};
