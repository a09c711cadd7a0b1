import type { AccountId, CollectionId, MemberId, Ref, Seq, WriterId } from './ids.ts';
import type { DocumentName } from './document-name.ts';

/** A small number that stands for a long name on one connection; the sender defines it by a `define` message before its first use. */
export type Handle = number;

/** What handles stand for; each kind is counted apart. */
export type HandleTable = 'collection' | 'document' | 'writer' | 'member';

/** Who is calling: a device-owned account secret (the account is its hash), or a bearer token. */
export type Credential = { readonly kind: 'secret'; readonly secret: Uint8Array } | { readonly kind: 'bearer'; readonly token: string };

/** Why a push is refused; `refusals` says what to do about each. */
export type RefusedKind = 'rule' | 'gap' | 'writer-taken' | 'clock' | 'busy' | 'role' | 'schema' | 'generation';
/** What an account may do in a collection. */
export type WireRole = 'owner' | 'editor' | 'viewer';
/** Why a collection is not there, or no longer for this account. */
export type GoneReason = 'deleted' | 'erased' | 'removed' | 'unknown';

/** Gives `handle` its meaning, once per connection and direction. Document, writer and member handles are per collection. */
export type Define =
  | DefineOf<'collection', CollectionId>
  | DefineOf<'document', DocumentName>
  | DefineOf<'writer', WriterId>
  | DefineOf<'member', MemberId>;

interface DefineOf<Table extends HandleTable, Name> {
  readonly type: 'define';
  readonly table: Table;
  readonly handle: Handle;
  /** The collection the document, writer or member belongs to; 0 for table `collection`. */
  readonly collection: Handle;
  readonly name: Name;
}

/** How far a device has read a collection's log. */
export interface WireCursor {
  readonly lineage: Uint8Array;
  readonly seq: Seq;
  readonly chain: Uint8Array;
}

/** What seqs and times of one collection are relative to on the wire; chosen once per room, so a frame is encoded once for all. */
export interface LogBase {
  readonly seq: Seq;
  /** Unix milliseconds, a multiple of 250. */
  readonly receivedAt: number;
}

/** One committed update in the live tail. */
export interface WireUpdate {
  readonly seq: Seq;
  readonly document: Handle;
  readonly writer: Handle;
  readonly member: Handle;
  /** Unix milliseconds at quarter-second precision. */
  readonly receivedAt: number;
  readonly bytes: Uint8Array;
}

/** What a notes document reads after the rows of a frame: the hash of its canonical text (`canonicalNotes`). */
export interface WireText {
  readonly document: Handle;
  readonly hash: Uint8Array;
}

/** Where somebody is: their tab, and the item and field they have open, or `''`. */
export interface PresenceState {
  /** `''` says that no tab of this connection shows the collection any more. */
  readonly tab: string;
  readonly item: string;
  readonly field: string;
}

/** What a client may send. */
export type ClientMessage =
  | Define
  | {
      readonly type: 'hello';
      readonly protocol: number;
      readonly appSchema: number;
      readonly device: string;
      readonly name: string;
      readonly credential: Credential;
    }
  | { readonly type: 'auth'; readonly credential: Credential }
  | {
      readonly type: 'join';
      readonly collection: Handle;
      readonly cursor: WireCursor | undefined;
      /** Own writers with pending pushes; `joined` answers with the last committed ref of each. */
      readonly writers: readonly WriterId[];
      readonly secret: Uint8Array | undefined;
    }
  | { readonly type: 'leave'; readonly collection: Handle }
  | {
      readonly type: 'pull';
      readonly collection: Handle;
      readonly after: Seq;
      readonly maxBytes: number;
      readonly order: readonly DocumentName[];
      readonly next: Uint8Array | undefined;
    }
  | {
      readonly type: 'push';
      readonly collection: Handle;
      readonly writer: Handle;
      readonly ref: Ref;
      readonly document: Handle;
      readonly bytes: Uint8Array;
    }
  | { readonly type: 'close'; readonly collection: Handle; readonly writer: Handle }
  /** Reconcile, one message per document: what this device holds of it. The last has `last: true`. */
  | {
      readonly type: 'state';
      readonly collection: Handle;
      readonly document: Handle;
      readonly stateVector: Uint8Array;
      readonly last: boolean;
    }
  | { readonly type: 'repair'; readonly collection: Handle; readonly document: Handle; readonly bytes: Uint8Array }
  | ({ readonly type: 'presence'; readonly collection: Handle } & PresenceState)
  | { readonly type: 'ping' }
  | Part;

/** What a relay may send. */
export type RelayMessage =
  | Define
  | {
      readonly type: 'welcome';
      readonly serverTime: number;
      readonly account: AccountId;
      readonly maxFrameBytes: number;
      readonly maxPageBytes: number;
      readonly capabilities: readonly string[];
    }
  | {
      readonly type: 'joined';
      readonly collection: Handle;
      readonly member: MemberId;
      readonly role: WireRole;
      readonly lineage: Uint8Array;
      readonly head: Seq;
      readonly chain: Uint8Array;
      /** The room's log base; both sides put it into the `LogBases` they give the frame codec. */
      readonly base: LogBase;
      /** How many documents changed after the cursor. */
      readonly changed: number;
      readonly lastRefs: readonly { readonly writer: WriterId; readonly ref: Ref }[];
      readonly minimumSchema: number;
      /** The cursor is not of this log: send `state` per document before anything else. */
      readonly reconcile: boolean;
    }
  | {
      readonly type: 'page';
      readonly collection: Handle;
      readonly head: Seq;
      readonly chain: Uint8Array;
      readonly next: Uint8Array | undefined;
      /** 0 plain, 1 deflate-raw of the encoded documents. */
      readonly encoding: number;
      /** Encoded by `encodePageDocuments`, so that it may be deflated as one piece. */
      readonly documents: Uint8Array;
    }
  | { readonly type: 'updates'; readonly collection: Handle; readonly chain: Uint8Array; readonly updates: readonly WireUpdate[] }
  /** As `updates`, for a run that changed notes: with what their documents read after it. */
  | {
      readonly type: 'noteUpdates';
      readonly collection: Handle;
      readonly chain: Uint8Array;
      readonly texts: readonly WireText[];
      readonly updates: readonly WireUpdate[];
    }
  | {
      readonly type: 'ack';
      readonly collection: Handle;
      readonly writer: Handle;
      readonly ref: Ref;
      readonly seq: Seq;
      readonly chain: Uint8Array;
    }
  | {
      readonly type: 'refused';
      readonly collection: Handle;
      readonly writer: Handle;
      readonly ref: Ref;
      readonly kind: RefusedKind;
      readonly reason: string;
    }
  | { readonly type: 'closed'; readonly collection: Handle; readonly writer: Handle; readonly lastRef: Ref }
  | { readonly type: 'need'; readonly collection: Handle; readonly document: Handle; readonly stateVector: Uint8Array }
  | {
      readonly type: 'presence';
      readonly collection: Handle;
      readonly account: AccountId;
      readonly name: string;
      readonly present: boolean;
      readonly tab: string;
      readonly item: string;
      readonly field: string;
    }
  | { readonly type: 'access'; readonly collection: Handle; readonly role: WireRole }
  | { readonly type: 'gone'; readonly collection: Handle; readonly reason: GoneReason }
  | { readonly type: 'bye'; readonly retryAfterMs: number }
  | { readonly type: 'pong'; readonly serverTime: number }
  | Part;

/** A piece of a message longer than one frame; pieces of different `id` may interleave. */
export interface Part {
  readonly type: 'part';
  readonly id: number;
  readonly last: boolean;
  readonly bytes: Uint8Array;
}

/** One document inside a page, before encoding. Names are spelled out: a page defines no handles. */
export interface PageDocument {
  readonly document: DocumentName;
  readonly snapshot: { readonly seq: Seq; readonly bytes: Uint8Array } | undefined;
  readonly updates: readonly {
    readonly seq: Seq;
    readonly writer: WriterId;
    readonly member: MemberId;
    readonly receivedAt: number;
    readonly bytes: Uint8Array;
  }[];
  /** Of a notes document: the hash of its canonical text after all of this. */
  readonly text: Uint8Array | undefined;
}
