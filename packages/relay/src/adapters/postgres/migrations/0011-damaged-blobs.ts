import type { Migration } from './migration.ts';

/** Blobs whose bytes were found missing or changed in the store: asked for again, and served as far as they still can be. */
export const damagedBlobs: Migration = {
  version: 11,
  name: 'damaged blobs',
  sql: `alter table blobs add column damaged_at timestamptz;`,
};
