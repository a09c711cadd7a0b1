import type { Migration } from './migration.ts';

/** What a picture may cost at most is set aside, not what it costs usually; little that is left is shared by those asked at once. */
export const worstCaseHolds: Migration = {
  version: 15,
  name: 'worst case holds',
  sql: `
    drop function detection_hold(text, text, timestamptz, timestamptz, bigint, bigint, bigint);

    -- Answers what is set aside, or what is not spent where that is not enough.
    create function detection_set_aside(
      asked text, who text, at timestamptz, until timestamptz,
      at_least bigint, at_most bigint, parts bigint, account_limit bigint, relay_limit bigint
    ) returns table (verdict text, micros bigint) language plpgsql as $aside$
    declare
      this_month date := date_trunc('month', at at time zone 'UTC')::date;
      own_left bigint; all_left bigint; own_free bigint; all_free bigint; given bigint;
    begin
      perform pg_advisory_xact_lock(hashtext('detection_hold'));
      delete from detection_holds where expires_at <= at;
      select account_limit - coalesce(sum(u.micros) filter (where u.account = who), 0), relay_limit - coalesce(sum(u.micros), 0)
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
