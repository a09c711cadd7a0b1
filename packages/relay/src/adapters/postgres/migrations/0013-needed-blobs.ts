import type { Migration } from './migration.ts';

/** Blobs an item was once seen to refer to: when nothing does any more, they wait for no edit and need no week of grace. */
export const neededBlobs: Migration = {
  version: 13,
  name: 'needed blobs',
  sql: `alter table blobs add column needed_at timestamptz;`,
};
