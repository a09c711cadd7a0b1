import { keepByAccounts } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

/** What is paid to a service for nothing, and what an erased account has spent, counts in the relay's month. */
export const lostMoney: Migration = {
  version: 16,
  name: 'lost money',
  sql: `
    alter table detections_used add column lost bigint not null default 0 check (lost >= 0);

    create table detections_of_erased (
      month date primary key check (extract(day from month) = 1),
      micros bigint not null check (micros >= 0)
    );
    ${keepByAccounts('detections_of_erased')}

    create function detections_outlive() returns trigger language plpgsql as $outlive$
    begin
      insert into detections_of_erased as e (month, micros) values (old.month, old.micros + old.lost)
        on conflict (month) do update set micros = e.micros + excluded.micros;
      return null;
    end $outlive$;
    create trigger detections_outlive after delete on detections_used for each row execute function detections_outlive();

    create or replace function detection_set_aside(
      asked text, who text, at timestamptz, until timestamptz,
      at_least bigint, at_most bigint, parts bigint, account_limit bigint, relay_limit bigint
    ) returns table (verdict text, micros bigint) language plpgsql as $aside$
    declare
      this_month date := date_trunc('month', at at time zone 'UTC')::date;
      own_left bigint; all_left bigint; own_free bigint; all_free bigint; given bigint;
    begin
      perform pg_advisory_xact_lock(hashtext('detection_hold'));
      delete from detection_holds where expires_at <= at;
      select account_limit - coalesce(max(greatest(u.micros, u.lost)) filter (where u.account = who), 0),
          relay_limit - coalesce(sum(u.micros + u.lost), 0)
          - coalesce((select e.micros from detections_of_erased e where e.month = this_month), 0)
        into own_left, all_left from detections_used u where u.month = this_month;
      select own_left - coalesce(sum(h.micros) filter (where h.account = who), 0), all_left - coalesce(sum(h.micros), 0)
        into own_free, all_free from detection_holds h where h.month = this_month;
      if all_free < at_least then return query select 'relay', all_left; return; end if;
      if own_free < at_least then return query select 'account', own_left; return; end if;
      given := least(at_most, greatest(at_least, least(own_free, all_free) / parts));
      insert into detection_holds (hold, account, month, micros, expires_at) values (asked, who, this_month, given, until);
      return query select 'held', given;
    end $aside$;
  `,
};
