import type { Migration } from './migration.ts';

// collection_id is first everywhere, so that the schema distributes by it. Binary "C" order makes text keys compare as bytes. `updates` has no foreign key: every insert happens under the lock of its collection row.
/** The log, and who may write to it. */
export const theLog: Migration = {
  version: 1,
  name: 'the log',
  sql: `
    create table collections (
      collection_id text collate "C" primary key,
      head bigint not null default 0 check (head >= 0),
      chain bytea not null check (octet_length(chain) = 8),
      lineage bytea not null check (octet_length(lineage) = 16),
      access bigint not null default 1,
      minimum_schema integer not null default 1,
      gone text check (gone in ('deleted', 'erased', 'removed')),
      last_member bigint not null default 0,
      created_at timestamptz not null default now()
    );

    create table updates (
      collection_id text collate "C" not null,
      seq bigint not null check (seq > 0),
      document text collate "C" not null,
      writer bigint not null check (writer > 0),
      ref bigint not null check (ref > 0),
      member bigint not null check (member > 0),
      bytes bytea not null,
      chain bytea not null check (octet_length(chain) = 8),
      received_at timestamptz not null,
      primary key (collection_id, seq),
      unique (collection_id, writer, ref)
    );
    alter table updates alter column bytes set storage external;
    create index updates_of_document on updates (collection_id, document, seq);

    create table writers (
      collection_id text collate "C" not null references collections,
      writer bigint not null check (writer > 0),
      member bigint not null,
      last_ref bigint not null,
      closed boolean not null default false,
      primary key (collection_id, writer)
    );

    create table members (
      collection_id text collate "C" not null references collections,
      member bigint not null check (member > 0),
      account text collate "C",
      role text not null check (role in ('owner', 'editor', 'viewer', 'none')),
      joined_at timestamptz not null default now(),
      primary key (collection_id, member),
      unique (collection_id, account)
    );
    create index members_of_account on members (account) where account is not null;

    create table documents (
      collection_id text collate "C" not null references collections,
      document text collate "C" not null,
      generation integer not null default 0,
      head_seq bigint not null,
      primary key (collection_id, document)
    );
    create index documents_changed on documents (collection_id, head_seq);

    create table snapshots (
      collection_id text collate "C" not null references collections,
      document text collate "C" not null,
      kind text not null check (kind in ('head', 'base')),
      generation integer not null,
      seq bigint not null,
      bytes bytea not null,
      made_at timestamptz not null default now(),
      primary key (collection_id, document, kind)
    );
    alter table snapshots alter column bytes set storage external;

    create table capabilities (
      collection_id text collate "C" not null references collections,
      secret_hash bytea not null check (octet_length(secret_hash) = 32),
      role text not null check (role in ('editor', 'viewer')),
      created_at timestamptz not null default now(),
      revoked_at timestamptz,
      primary key (collection_id, secret_hash)
    );
  `,
};
