/** The largest binary WebSocket message; anything longer travels as `part`s. */
export const maxFrameBytes: number = 256 * 1024;
/** The largest message put together from `part`s, in either direction. */
export const maxMessageBytes: number = 16 * 1024 * 1024;
/** The largest Yjs update one `push` may carry; a larger command is split into several transactions. */
export const maxUpdateBytes: number = 1024 * 1024;
/** The largest update one `repair` may carry: all a device holds of a document. */
export const maxRepairBytes: number = 8 * 1024 * 1024;
/** The largest encoded register entry. */
export const maxEntryBytes: number = 64 * 1024;
/** A shard that holds this many births takes no new items from an honest device. */
export const softBirthsPerShard: number = 128;
/** The guard refuses a birth beyond this many: the room left for devices that were offline together. */
export const maxBirthsPerShard: number = 512;
/** How far above server time a stamp may lie before it is refused with `clock`. */
export const clockToleranceMs: number = 10 * 60_000;
/** What a client asks of one page when it has no reason to ask for less. */
export const defaultPageBytes: number = 256 * 1024;
/** The most one page may carry, a single larger document excepted. */
export const maxPageBytes: number = 1024 * 1024;
/** Presence nobody renewed for this long is over. */
export const presenceExpiryMs: number = 30_000;
/** Each side sends some data frame at least this often. */
export const pingIntervalMs: number = 20_000;
/** A connection silent for this long is closed by whoever notices. */
export const silenceLimitMs: number = 45_000;

/** The deepest nesting of a stored value. */
export const maxValueDepth: number = 16;
/** The longest row id, register code or object key inside an entry, in UTF-8 bytes. */
export const maxKeyBytes: number = 256;
/** The most structs one update may hold. */
export const maxStructsPerUpdate: number = 20_000;
/** The most writers whose structs one update may hold: many at one place cost Yjs quadratic time. */
export const maxStructClientsPerUpdate: number = 1_024;
/** The most writers whose structs one update may delete. */
export const maxDeleteClientsPerUpdate: number = 4_096;
/** The most deleted ranges one update may hold. */
export const maxDeletesPerUpdate: number = 20_000;
/** The largest clock of a document's writer. */
export const maxClock: number = 2 ** 31;
/** How far one update may move a writer's clock. */
export const maxClockAdvance: number = 2 ** 20;

/** The fields on the wire that have a limit of their own. */
export type LimitedField =
  | 'name'
  | 'reason'
  | 'token'
  | 'secret'
  | 'opaque'
  | 'stateVector'
  | 'capability'
  | 'capabilities'
  | 'writers'
  | 'order'
  | 'texts'
  | 'tab'
  | 'item'
  | 'field';

/** Lengths of fields on the wire, in bytes of their encoded form; a longer field is malformed. */
export const fieldLimits: { readonly [field in LimitedField]: number } = {
  name: 256,
  reason: 1024,
  token: 16_384,
  secret: 64,
  opaque: 4096,
  stateVector: 65_536,
  capability: 64,
  capabilities: 64,
  writers: 1024,
  order: 4096,
  texts: 1024,
  tab: 64,
  item: 64,
  field: 128,
};
