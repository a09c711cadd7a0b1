import type { Migration } from './migration.ts';

// What names a person (e-mail, username, address, browser) or opens a door (password hash, secrets) stands sealed, as bytea; a column `x_index` beside it is the keyed hash by which it is found. No row of a collection is here, so none begins with collection_id.
/** Accounts: who they are, how they sign in, where they are signed in. */
export const accounts: Migration = {
  version: 2,
  name: 'accounts',
  sql: `
    create table profiles (
      account text collate "C" primary key check (account ~ '^[0-9A-Za-z]{22}$'),
      email bytea not null,
      email_index bytea not null unique check (octet_length(email_index) = 32),
      email_verified boolean not null default false,
      username bytea not null,
      username_index bytea not null unique check (octet_length(username_index) = 32),
      second_factor boolean not null default false,
      is_operator boolean not null default false,
      subscription_tier text not null default 'free' check (subscription_tier ~ '^[a-z][a-z0-9-]{0,49}$'),
      storage_used bigint not null default 0 check (storage_used >= 0),
      storage_limit bigint not null default 1073741824 check (storage_limit >= 0),
      created_at timestamptz not null default now(),
      updated_at timestamptz not null default now()
    );

    create function profiles_first_is_operator() returns trigger language plpgsql as $first$
    begin
      perform pg_advisory_xact_lock(hashtext('profiles_first_is_operator'));
      new.is_operator := new.is_operator or not exists (select from profiles);
      return new;
    end $first$;
    create trigger profiles_first_is_operator before insert on profiles for each row execute function profiles_first_is_operator();

    create function profiles_storage_fits() returns trigger language plpgsql as $fits$
    begin
      if new.storage_used > old.storage_used and new.storage_used > new.storage_limit then
        raise exception 'account % would use % of % bytes', new.account, new.storage_used, new.storage_limit
          using errcode = 'check_violation', constraint = 'profiles_storage_fits';
      end if;
      return new;
    end $fits$;
    create trigger profiles_storage_fits before update of storage_used on profiles for each row execute function profiles_storage_fits();

    create table sign_ins (
      id text collate "C" primary key,
      account text collate "C" not null references profiles on delete cascade,
      token bytea not null,
      token_index bytea not null unique check (octet_length(token_index) = 32),
      address bytea,
      browser bytea,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index sign_ins_of_account on sign_ins (account);
    create index sign_ins_expired on sign_ins (expires_at);

    create table credentials (
      id text collate "C" primary key,
      account text collate "C" not null references profiles on delete cascade,
      provider text not null check (provider = 'credential'),
      subject text collate "C" not null check (subject = account),
      password bytea,
      access_token bytea,
      refresh_token bytea,
      id_token bytea,
      access_token_expires_at timestamptz,
      refresh_token_expires_at timestamptz,
      scope text,
      created_at timestamptz not null,
      updated_at timestamptz not null,
      unique (account, provider)
    );

    create table verifications (
      id text collate "C" primary key,
      identifier bytea not null,
      identifier_index bytea not null check (octet_length(identifier_index) = 32),
      value bytea not null,
      expires_at timestamptz not null,
      created_at timestamptz not null,
      updated_at timestamptz not null
    );
    create index verifications_of_identifier on verifications (identifier_index);
    create index verifications_expired on verifications (expires_at);

    create table signing_keys (
      id text collate "C" primary key,
      public_key text not null,
      private_key bytea not null,
      algorithm text not null check (algorithm = 'EdDSA'),
      curve text not null check (curve = 'Ed25519'),
      created_at timestamptz not null,
      expires_at timestamptz not null
    );

    create table second_factors (
      id text collate "C" primary key,
      account text collate "C" not null unique references profiles on delete cascade,
      secret bytea not null,
      recovery_codes bytea not null,
      recovery_codes_index bytea not null check (octet_length(recovery_codes_index) = 32),
      verified boolean not null default false,
      failed_verifications integer not null default 0 check (failed_verifications >= 0),
      locked_until timestamptz
    );

    create table used_codes (
      account text collate "C" not null references profiles on delete cascade,
      code_index bytea not null check (octet_length(code_index) = 32),
      used_at timestamptz not null default now(),
      primary key (account, code_index)
    );

    create table passkeys (
      id text collate "C" primary key,
      account text collate "C" not null references profiles on delete cascade,
      name bytea,
      public_key bytea not null,
      credential bytea not null,
      credential_index bytea not null unique check (octet_length(credential_index) = 32),
      counter bigint not null check (counter >= 0),
      device_type text not null,
      backed_up boolean not null,
      transports text,
      authenticator text,
      created_at timestamptz
    );
    create index passkeys_of_account on passkeys (account);

    create table sign_up_invites (
      secret_hash bytea primary key check (octet_length(secret_hash) = 32),
      email_index bytea not null check (octet_length(email_index) = 32),
      is_operator boolean not null default false,
      created_at timestamptz not null default now(),
      expires_at timestamptz not null
    );

    create table detections_used (
      account text collate "C" not null references profiles on delete cascade,
      month date not null check (extract(day from month) = 1),
      detections integer not null check (detections >= 0),
      primary key (account, month)
    );
  `,
};
