export { canonicalJson, canonicalize, ValueError, type Json } from './canonical-json.ts';
export {
  freeDocument,
  isDocumentName,
  notesDocument,
  parseDocumentName,
  rootDocument,
  rowsDocument,
  type DocumentName,
  type ParsedDocumentName,
} from './document-name.ts';
export { compareRegisters, parseEntry, registersOf, type Entry, type Register } from './entry.ts';
export {
  isCollectionId,
  isFolderId,
  isItemId,
  isLocalId,
  isShardId,
  isWriterId,
  itemId,
  localOf,
  newCollectionId,
  newCommandId,
  newFolderId,
  newLocalId,
  newShardId,
  newWriterId,
  randomBase62,
  shardOf,
  type AccountId,
  type CollectionId,
  type CommandId,
  type FolderId,
  type ItemId,
  type LocalId,
  type MemberId,
  type Ref,
  type Seq,
  type ShardId,
  type WriterId,
} from './ids.ts';
export type { Clock, Random, Wire } from './ports.ts';
export { isStamp, nextStamp, stampAt, stampToMs, type Stamp } from './stamp.ts';
