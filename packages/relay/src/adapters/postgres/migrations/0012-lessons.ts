import { keepByAccounts, makeRole } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

const named = `collection_id = current_setting('cacaw.collection', true)`;

/** Rows of one collection for who names it, all rows for jobs. */
const wallOf = (table: string): string => `
    alter table ${table} enable row level security;
    grant select, insert, update, delete on ${table} to relay_lessons, relay_jobs;
    create policy lessons on ${table} to relay_lessons using (${named}) with check (${named});
    create policy jobs on ${table} to relay_jobs using (true) with check (true);`;

// A lesson can only be where its collection learns: whoever turns that off deletes one row, and everything goes with it. So does a
// collection that is deleted, whoever deletes it.
/** What people decide about proposals, where an owner said that it is kept; and how often detectors were right, of no collection. */
export const lessons: Migration = {
  version: 12,
  name: 'lessons',
  sql: `
    create table learning (
      collection_id text collate "C" primary key references collections,
      since timestamptz not null default now()
    );

    create table lessons (
      collection_id text collate "C" not null references learning on delete cascade,
      lesson text collate "C" not null check (lesson ~ '^[0-9A-Za-z]{22}$'),
      number bigint generated always as identity,
      is_correction boolean not null,
      content bytea not null,
      primary key (collection_id, lesson)
    );
    create index lessons_newest on lessons (collection_id, number desc);

    create function lessons_end() returns trigger language plpgsql security definer set search_path = public, pg_temp as $ends$
    begin
      delete from learning where collection_id = new.collection_id;
      return null;
    end $ends$;
    create trigger lessons_end after update of gone on collections
      for each row when (old.gone is null and new.gone is not null) execute function lessons_end();

    create table detection_accuracy (
      collection_type text not null,
      source text not null,
      model text not null,
      prompt_version text not null,
      field text not null,
      outcome text not null check (outcome in ('accepted', 'changed', 'rejected', 'missed')),
      times bigint not null check (times > 0),
      primary key (collection_type, source, model, prompt_version, field, outcome)
    );

    ${makeRole('relay_lessons')}
    grant usage on schema public to relay_lessons;
    ${['learning', 'lessons'].map(wallOf).join('\n')}
    grant execute on function hold_collection() to relay_lessons;
    ${keepByAccounts('detection_accuracy')}
    grant select, insert, update on detection_accuracy to relay_lessons;
    create policy counts on detection_accuracy to relay_lessons using (true) with check (true);
  `,
};
