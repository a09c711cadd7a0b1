import type { Migration } from './migration.ts';

// A link made before accounts existed has no end and lets guests in with its own role; every later one ends, and guests only look by it.
// `same_as` names the member a device's member has become when its account was a member already.
/** Invites, and what is remembered about members. */
export const invites: Migration = {
  version: 3,
  name: 'invites',
  sql: `
    alter table members
      add column decided_at timestamptz,
      add column by_invite text collate "C",
      add column same_as bigint;
    create unique index members_owner on members (collection_id) where role = 'owner';

    alter table capabilities
      add column id text collate "C",
      add column created_by bigint,
      add column expires_at timestamptz,
      add column max_uses integer check (max_uses > 0),
      add column uses integer not null default 0 check (uses >= 0),
      add column allows_guests boolean not null default false,
      add column sealed_email bytea;
    update capabilities
      set id = left(translate(encode(sha256(secret_hash), 'base64'), '+/=', 'xyz'), 22), allows_guests = true;
    alter table capabilities
      alter column id set not null,
      add unique (collection_id, id),
      add check (expires_at is null or role = 'viewer' or not allows_guests);
    create index capabilities_secret on capabilities (secret_hash);
  `,
};
