/**
 * The roles of the second wall. A mistake of ours in a statement then meets a database that shows it nothing: each role sees only
 * what its transaction has named or holds.
 *
 * - `relay_append` appends: reads and writes only rows of the collections its transaction holds locked.
 * - `relay_read` reads for a person: rows of collections the account named by the transaction is a member of.
 * - `relay_room` reads for a room, which is nobody in particular: rows of the one collection the transaction names.
 * - `relay_look` sees where every collection's log ends, and nothing else.
 * - `relay_accounts` keeps accounts, members and invites, and reads no content.
 * - `relay_jobs` is for work on all collections, never for a request.
 * - `relay_limits` counts what accounts and addresses do, and sees nothing else.
 * - `relay_blobs` keeps track of the photos and files of the one collection its transaction names.
 * - `relay_lessons` keeps what people decided about proposals in the one collection its transaction names, and counts for all.
 * - `relay_audit` notes what happens and reads it for the collection or account named; it changes and removes nothing.
 *
 * Beside them `relay_queue` keeps the job queue, in a schema of its own, and sees nothing of ours; it is made with that schema.
 */
export const wallRoles = [
  'relay_append',
  'relay_read',
  'relay_room',
  'relay_look',
  'relay_accounts',
  'relay_jobs',
  'relay_limits',
  'relay_audit',
  'relay_blobs',
  'relay_lessons',
] as const;

/** A role of the second wall. */
export type WallRole = (typeof wallRoles)[number];

/** Keeps the job queue. */
export const queueRole = 'relay_queue';
