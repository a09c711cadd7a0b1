import { keepByAccounts } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

// Money in millionths of a US dollar. A hold is what a picture may cost while it is looked at; one that is overdue counts no more.
/** What detections cost, and what they answered. */
export const detection: Migration = {
  version: 10,
  name: 'detection',
  sql: `
    alter table detections_used add column micros bigint not null default 0 check (micros >= 0);

    create table detection_holds (
      hold text collate "C" primary key,
      account text collate "C" not null references profiles on delete cascade,
      month date not null check (extract(day from month) = 1),
      micros bigint not null check (micros >= 0),
      expires_at timestamptz not null
    );
    create index detection_holds_month on detection_holds (month, account);
    create index detections_used_month on detections_used (month);

    create table detection_answers (
      account text collate "C" not null references profiles on delete cascade,
      question_index bytea not null check (octet_length(question_index) = 32),
      answer bytea not null,
      expires_at timestamptz not null,
      primary key (account, question_index)
    );

    create function detection_hold(
      asked text, who text, at timestamptz, until timestamptz, cost bigint, account_limit bigint, relay_limit bigint
    ) returns text language plpgsql as $hold$
    declare
      this_month date := date_trunc('month', at at time zone 'UTC')::date;
    begin
      perform pg_advisory_xact_lock(hashtext('detection_hold'));
      delete from detection_holds where expires_at <= at;
      if relay_limit is not null and cost + (
        select coalesce((select sum(micros) from detections_used where month = this_month), 0)
             + coalesce((select sum(micros) from detection_holds where month = this_month), 0)
      ) > relay_limit then return 'relay'; end if;
      if cost + (
        select coalesce((select sum(micros) from detections_used where month = this_month and account = who), 0)
             + coalesce((select sum(micros) from detection_holds where month = this_month and account = who), 0)
      ) > account_limit then return 'account'; end if;
      insert into detection_holds (hold, account, month, micros, expires_at) values (asked, who, this_month, cost, until);
      return 'held';
    end $hold$;
    ${['detection_holds', 'detection_answers'].map(keepByAccounts).join('\n')}
  `,
};
