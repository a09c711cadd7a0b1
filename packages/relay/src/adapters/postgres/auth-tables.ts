/** How a column stands in the database: as it is, sealed, or sealed and found again by a keyed hash in `<column>_index`. */
export type ColumnKind = 'plain' | 'sealed' | 'found';

/** One table of accounts. */
export interface AuthTable {
  readonly table: string;
  /** The column of the row's id. */
  readonly id: string;
  /** The column naming the account whose key seals the row; without one the relay's own key does. */
  readonly owner: string | undefined;
  readonly columns: { readonly [column: string]: ColumnKind };
}

/** Every table of accounts by name. A column that is not listed does not exist. */
export type AuthTables = { readonly [table: string]: AuthTable };

const moments = { created_at: 'plain', updated_at: 'plain' } as const;

/** The tables of migration 2 that better-auth reads and writes. */
export const authTables: AuthTables = {
  profiles: {
    table: 'profiles',
    id: 'account',
    owner: 'account',
    columns: {
      account: 'plain',
      email: 'found',
      email_verified: 'plain',
      username: 'found',
      second_factor: 'plain',
      storage_limit: 'plain',
      ...moments,
    },
  },
  sign_ins: {
    table: 'sign_ins',
    id: 'id',
    owner: 'account',
    columns: { id: 'plain', account: 'plain', token: 'found', address: 'sealed', browser: 'sealed', expires_at: 'plain', ...moments },
  },
  credentials: {
    table: 'credentials',
    id: 'id',
    owner: 'account',
    columns: {
      id: 'plain',
      account: 'plain',
      provider: 'plain',
      subject: 'plain',
      password: 'sealed',
      access_token: 'sealed',
      refresh_token: 'sealed',
      id_token: 'sealed',
      access_token_expires_at: 'plain',
      refresh_token_expires_at: 'plain',
      scope: 'plain',
      ...moments,
    },
  },
  verifications: {
    table: 'verifications',
    id: 'id',
    owner: undefined,
    columns: { id: 'plain', identifier: 'found', value: 'sealed', expires_at: 'plain', ...moments },
  },
  signing_keys: {
    table: 'signing_keys',
    id: 'id',
    owner: undefined,
    columns: {
      id: 'plain',
      public_key: 'plain',
      private_key: 'sealed',
      algorithm: 'plain',
      curve: 'plain',
      created_at: 'plain',
      expires_at: 'plain',
    },
  },
  second_factors: {
    table: 'second_factors',
    id: 'id',
    owner: 'account',
    columns: {
      id: 'plain',
      account: 'plain',
      secret: 'sealed',
      // Found, because they are replaced only while they are still what was read.
      recovery_codes: 'found',
      verified: 'plain',
      failed_verifications: 'plain',
      locked_until: 'plain',
    },
  },
  passkeys: {
    table: 'passkeys',
    id: 'id',
    owner: 'account',
    columns: {
      id: 'plain',
      account: 'plain',
      name: 'sealed',
      public_key: 'sealed',
      credential: 'found',
      counter: 'plain',
      device_type: 'plain',
      backed_up: 'plain',
      transports: 'plain',
      authenticator: 'plain',
      created_at: 'plain',
    },
  },
};
