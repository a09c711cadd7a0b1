import type { AccountId, BlobHash, CollectionId, FolderId, ItemId, Json, PhotoView } from '@cacaw/protocol';
import type { fileKinds } from '../schema.ts';

/** An amount in minor units (cents) of an ISO 4217 currency. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Where a node lies: a folder, an item that can contain, or `''` for the top level (null is no IndexedDB key). */
export type PlaceId = FolderId | ItemId | '';

/** What a person may do in a collection: an owner everything, an editor write, a viewer read. */
export type Role = 'owner' | 'editor' | 'viewer';

/** A field a person defined for their collection. */
export interface CustomField {
  readonly key: string;
  readonly label: string;
  readonly kind: 'text' | 'number' | 'date' | 'enum' | 'boolean' | 'url';
  readonly unit: string;
  readonly options: readonly { readonly key: string; readonly label: string }[];
  readonly order: string;
  readonly deletedAt: number | null;
}

/** One collection of this device: what its root document says about it, and how this device reaches it. */
export interface CollectionRow {
  readonly id: CollectionId;
  readonly name: string;
  readonly type: string;
  readonly currency: string;
  readonly schemaVersion: number;
  readonly settings: { readonly [key: string]: Json };
  readonly fields: readonly CustomField[];
  /** What people decide about proposals is kept to make better ones; a row kept before there was such a thing says nothing. */
  readonly learns?: boolean | undefined;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Network mode: `local` never leaves this device; stored apart from cosmetic settings and fails closed to `local`. */
  readonly mode: 'local' | 'sync';
  readonly role: Role;
  /** base64url capability secret of the collection's link, once shared or opened by link. */
  readonly secret: string | null;
  readonly gone: 'deleted' | 'erased' | 'removed' | null;
  /** When it went, and how many edits made here had not reached the relay then. */
  readonly parting?: { readonly at: number; readonly unsent: number } | undefined;
}

/** A folder as screens read it; plain, frozen, made from registers in the transaction that kept the edit. */
export interface FolderRow {
  readonly id: FolderId;
  readonly collection: CollectionId;
  readonly name: string;
  /** The parent register as written; the tree resolver decides where the folder is shown. */
  readonly parent: PlaceId;
  readonly order: string;
  readonly icon: string;
  readonly color: string;
  readonly sort: string;
  readonly view: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it was put where it lies; decides which of several moves that close a circle is given up. */
  readonly movedAt: number;
  readonly trashedAt: number | null;
}

/** A picture of an item, as its registers describe it; where its bytes are is the device's to know. */
export interface Photo {
  readonly hash: BlobHash;
  /** Pixels and bytes as they are stored; the view turns and crops what is shown. */
  readonly width: number;
  readonly height: number;
  readonly bytes: number;
  readonly mediaType: string;
  /** Its place among the item's photos. */
  readonly order: string;
  readonly caption: string;
  /** Null shows the picture as it is. */
  readonly view: PhotoView | null;
}

/** What a file is to its item. */
export type FileKind = (typeof fileKinds)[number];

/** A file of an item: receipt, warranty, certificate, or anything else. */
export interface Attachment {
  readonly hash: BlobHash;
  readonly name: string;
  readonly mediaType: string;
  readonly bytes: number;
  readonly kind: FileKind;
}

/** An item's photos are to be looked at by a detector, which only proposes. */
export interface LookRequest {
  /** The account whose devices do so by themselves; '' for a device without one. */
  readonly by: AccountId | '';
  /** What the person adds, such as "the brand is Sony"; '' for nothing. */
  readonly prompt: string;
  /** Everything in them is one item. */
  readonly isOne: boolean;
  /** When it was sealed, Unix milliseconds; with `seals` or not at all. A command gives neither. */
  readonly at?: number | undefined;
  /** One for each photo it was asked for, in no order that counts: by them other devices of the account know that the account did ask. */
  readonly seals?: readonly string[] | undefined;
}

/** Where the first values of an item came from, after a person had looked at them. */
export interface Provenance {
  /** The detector's, or `person` of what somebody added to what was proposed, sure as they are. */
  readonly source: string;
  readonly model: string;
  /** 0 to 1. */
  readonly confidence: number;
  /** The photo that was looked at. */
  readonly photo: BlobHash;
  readonly promptVersion: string;
}

/** An item as screens read it; plain, frozen, made from registers in the transaction that kept the edit. */
export interface ItemRow {
  readonly id: ItemId;
  readonly collection: CollectionId;
  readonly folderId: PlaceId;
  readonly name: string;
  readonly type: string;
  readonly canContain: boolean;
  readonly order: string;
  readonly series: string;
  readonly condition: string;
  readonly description: string;
  readonly estimatedValue: Money | null;
  readonly purchasePrice: Money | null;
  /** ISO date `YYYY-MM-DD`, or `''`. */
  readonly acquiredAt: string;
  readonly archived: boolean;
  readonly ocrText: string;
  /** Sum over places. */
  readonly quantity: number;
  /** Quantity per place (folder id or `''`), counters added up. */
  readonly places: { readonly [place: string]: number };
  readonly tags: readonly string[];
  readonly barcodes: readonly string[];
  /** Custom values by field key. */
  readonly custom: { readonly [field: string]: Json };
  /** In their order; the first one is the cover. */
  readonly photos: readonly Photo[];
  /** By name. */
  readonly files: readonly Attachment[];
  /** The note's text, copied in for search. */
  readonly note: string;
  /** Null: nothing is to be looked at, or not any more. */
  readonly look: LookRequest | null;
  /** Null: a person wrote them. */
  readonly detected: Provenance | null;
  readonly mergedInto: ItemId | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When it was put where it lies, as for folders. */
  readonly movedAt: number;
  readonly trashedAt: number | null;
}
