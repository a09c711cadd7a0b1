import type { BlobHash, CollectionId, CommandId, FolderId, ItemId, Json, PhotoView } from '@cacaw/protocol';
import type { CustomField, FileKind, FolderRow, ItemRow, LookRequest, Money, PlaceId, Provenance } from './rows.ts';

/** A picture to be kept with an item: what it is, and its bytes. */
export interface PhotoDraft {
  /** SHA-256 of `blob`. */
  readonly hash: BlobHash;
  readonly width: number;
  readonly height: number;
  readonly mediaType: string;
  readonly blob: Blob;
  /** A small square of it, to be shown wherever there is no time for the picture itself. */
  readonly thumbnail: Blob;
  readonly caption?: string | undefined;
  readonly view?: PhotoView | null | undefined;
}

/** What of a photo changes; what is left out stays. */
export interface PhotoChange {
  readonly caption?: string | undefined;
  readonly view?: PhotoView | null | undefined;
  /** The small square by the new view, where the page has made one. */
  readonly thumbnail?: Blob | undefined;
}

/** A file to be kept with an item. */
export interface FileDraft {
  /** SHA-256 of `blob`. */
  readonly hash: BlobHash;
  readonly name: string;
  readonly mediaType: string;
  readonly kind: FileKind;
  readonly blob: Blob;
}

/** First values of a new item; everything but the name may be left out. */
export interface ItemDraft {
  readonly name: string;
  readonly type?: string | undefined;
  readonly folderId?: PlaceId | undefined;
  readonly canContain?: boolean | undefined;
  readonly series?: string | undefined;
  readonly condition?: string | undefined;
  readonly description?: string | undefined;
  readonly estimatedValue?: Money | null | undefined;
  readonly purchasePrice?: Money | null | undefined;
  readonly acquiredAt?: string | undefined;
  readonly archived?: boolean | undefined;
  readonly ocrText?: string | undefined;
  readonly quantity?: number | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly barcodes?: readonly string[] | undefined;
  readonly custom?: { readonly [field: string]: Json } | undefined;
  readonly note?: string | undefined;
  /** Its photos are to be looked at; null ends that. */
  readonly look?: LookRequest | null | undefined;
  readonly detected?: Provenance | null | undefined;
  /** In their order; the first one is the cover. */
  readonly photos?: readonly PhotoDraft[] | undefined;
}

/** New values of an item's single-valued fields; a field left out is not touched. */
export type ItemChange = Partial<Omit<ItemDraft, 'folderId' | 'quantity' | 'tags' | 'barcodes' | 'note' | 'photos'>>;

/** A folder to be made; what is left out is empty. */
export interface FolderDraft {
  readonly id?: FolderId | undefined;
  readonly name: string;
  readonly parent?: PlaceId | undefined;
  readonly icon?: string | undefined;
  readonly color?: string | undefined;
}

/** What of a folder changes; what is left out stays. */
export interface FolderChange {
  readonly name?: string | undefined;
  readonly icon?: string | undefined;
  readonly color?: string | undefined;
  readonly sort?: string | undefined;
  readonly view?: string | undefined;
}

/** A collection to be made. */
export interface CollectionDraft {
  readonly name: string;
  readonly type: string;
  readonly currency: string;
}

/** What of a collection changes; what is left out stays. `learns`, that what people decide about proposals is kept, is its owner's to say. */
export type CollectionChange = Partial<CollectionDraft & { readonly learns: boolean }>;

/** A folder as another collection showed it. */
export type FolderCopy = Omit<FolderRow, 'collection'>;
/** An item as another collection showed it; its quantity is what its places add up to. */
export type ItemCopy = Omit<ItemRow, 'collection' | 'quantity'>;

/** Bytes of a photo or file that a copied row names. */
export interface CopiedBlob {
  readonly hash: BlobHash;
  /** One of the items that name it. */
  readonly item: ItemId;
  readonly blob: Blob;
  /** Of a photo: its small square, by the view the row gives it. */
  readonly thumbnail?: Blob | undefined;
  readonly view?: PhotoView | null | undefined;
}

/** Rows of another collection, to stand here exactly as they stood there. */
export interface Copies {
  readonly createdAt?: number | undefined;
  readonly settings?: { readonly [key: string]: Json } | undefined;
  readonly fields?: readonly CustomField[] | undefined;
  readonly folders?: readonly FolderCopy[] | undefined;
  readonly items?: readonly ItemCopy[] | undefined;
  /** A photo or file whose bytes are left out is looked for at the relay. */
  readonly blobs?: readonly CopiedBlob[] | undefined;
}

type In<Type extends string, Fields> = { readonly type: Type; readonly collection: CollectionId } & Readonly<Fields>;

/**
 * Everything a person can do, as plain data, so that it travels unchanged from page to worker to leading tab.
 * One command is kept in one store transaction or not at all.
 */
export type Command =
  | { readonly type: 'createCollection'; readonly id: CollectionId; readonly draft: CollectionDraft }
  | In<'editCollection', { change: CollectionChange }>
  | In<'addFolder', { draft: FolderDraft }>
  | In<'editFolder', { folder: FolderId; change: FolderChange }>
  | In<'moveFolder', { folder: FolderId; parent: PlaceId; after?: FolderId | null | undefined }>
  /** `insteadOf` is the item they were made of, such as the photo of a shelf: it goes to the trash with the same command. */
  | In<'addItems', { drafts: readonly ItemDraft[]; insteadOf?: ItemId | undefined }>
  /** Tags and barcodes come to those it has. */
  | In<'editItem', { item: ItemId; change: ItemChange; tags?: readonly string[] | undefined; barcodes?: readonly string[] | undefined }>
  | In<'moveItems', { items: readonly ItemId[]; folderId: PlaceId; after?: ItemId | null | undefined }>
  | In<'tagItems', { items: readonly ItemId[]; add: readonly string[]; remove: readonly string[] }>
  | In<'editBarcodes', { item: ItemId; add: readonly string[]; remove: readonly string[] }>
  | In<'adjustQuantity', { item: ItemId; place: PlaceId; by: number }>
  | In<'stocktake', { item: ItemId; place: PlaceId; quantity: number }>
  | In<'editNote', { item: ItemId; before: string; after: string }>
  /** After those it has. A photo it has already keeps its place and gets its bytes back, if they were missing here. */
  | In<'addPhotos', { item: ItemId; photos: readonly PhotoDraft[] }>
  | In<'removePhotos', { item: ItemId; photos: readonly BlobHash[] }>
  /** Null: to the front, as the cover. */
  | In<'movePhoto', { item: ItemId; photo: BlobHash; after: BlobHash | null }>
  | In<'editPhoto', { item: ItemId; photo: BlobHash; change: PhotoChange }>
  | In<'addFiles', { item: ItemId; files: readonly FileDraft[] }>
  | In<'removeFiles', { item: ItemId; files: readonly BlobHash[] }>
  | In<'mergeItems', { item: ItemId; into: ItemId }>
  | In<'trash', { items: readonly ItemId[]; folders: readonly FolderId[] }>
  | In<'restore', { items: readonly ItemId[]; folders: readonly FolderId[] }>
  | In<'purge', { items: readonly ItemId[]; folders: readonly FolderId[] }>
  | In<'defineField', { field: Pick<CustomField, 'key' | 'label' | 'kind' | 'unit' | 'options'> }>
  | In<'removeField', { field: string }>
  | In<'setSetting', { key: string; value: Json }>
  /** Makes rows as they were somewhere else: ids, order, times and trash included. Refused for ids that are taken. */
  | In<'recreate', { copies: Copies }>
  /** Forward writes that take back what the named commands did, where nobody wrote later (delete and import in this version). */
  | In<'undo', { commands: readonly CommandId[] }>;

/** Names a command. */
export type CommandType = Command['type'];

/** What a command made: ids of created rows in the order of their drafts. */
export interface CommandResult {
  readonly id: CommandId;
  readonly items: readonly ItemId[];
  readonly folders: readonly FolderId[];
}

/** Why a command was refused before anything was written. Codes name the limit or the missing thing; the message tells what to do. */
export type CommandErrorCode =
  | 'name-missing'
  | 'too-long'
  | 'too-many'
  | 'not-a-number'
  | 'out-of-range'
  | 'bad-value'
  | 'unknown-collection'
  | 'unknown-item'
  | 'unknown-folder'
  | 'unknown-photo'
  | 'would-cycle'
  | 'not-loaded'
  | 'view-only'
  | 'owner-only'
  | 'not-leading';

/** A command that cannot be done; nothing of it was. The message says what to do. */
export class CommandError extends Error {
  readonly code: CommandErrorCode;
  readonly details: { readonly [name: string]: Json };
  constructor(code: CommandErrorCode, message: string, details: { readonly [name: string]: Json } = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
