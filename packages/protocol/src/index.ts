export { base64urlToBytes, bytesToBase64url } from './base64url.ts';
export { canonicalJson, canonicalize, ValueError, type Json } from './canonical-json.ts';
export { canonicalNotes, textHashBytes } from './canonical-notes.ts';
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
export {
  closeMeanings,
  closeReasons,
  isRetryableClose,
  refusalMeanings,
  refusals,
  type Advice,
  type CloseName,
  type CloseReason,
} from './errors.ts';
export { httpProblems, type HttpProblem, type HttpProblemCode } from './http-problems.ts';
export { blobHashPattern, isBlobHash, maxBlobBytes, type BlobHash } from './blobs.ts';
export { decodeClientMessage, decodeRelayMessage, encodeClientMessage, encodeRelayMessage, type Decoded } from './frame.ts';
export { createHandleBook, createHandleNames, type Assigned, type HandleBook, type HandleName, type HandleNames } from './handles.ts';
export {
  clockToleranceMs,
  defaultPageBytes,
  fieldLimits,
  maxBirthsPerShard,
  maxClock,
  maxClockAdvance,
  maxDeleteClientsPerUpdate,
  maxDeletesPerUpdate,
  maxEntryBytes,
  maxFrameBytes,
  maxKeyBytes,
  maxMessageBytes,
  maxPageBytes,
  maxRepairBytes,
  maxStructClientsPerUpdate,
  maxStructsPerUpdate,
  maxUpdateBytes,
  maxValueDepth,
  pingIntervalMs,
  presenceExpiryMs,
  silenceLimitMs,
  softBirthsPerShard,
  type LimitedField,
} from './limits.ts';
export type {
  ClientMessage,
  Credential,
  Define,
  GoneReason,
  Handle,
  HandleTable,
  LogBase,
  PageDocument,
  Part,
  PresenceState,
  RefusedKind,
  RelayMessage,
  WireCursor,
  WireRole,
  WireText,
  WireUpdate,
} from './messages.ts';
export { decodePageDocuments, encodePageDocuments } from './page.ts';
export { createPartJoiner, toFrames, type Joined, type PartJoiner } from './parts.ts';
export {
  formatPhotoView,
  isWholePicture,
  parsePhotoView,
  photoViewToJson,
  readPhotoView,
  thumbnailSquare,
  type PhotoView,
  type PictureSize,
  type Square,
} from './photo-view.ts';
export type { Clock, Random, Wire } from './ports.ts';
export { protocolVersion, subprotocol } from './protocol-version.ts';
export { sameBytes } from './same-bytes.ts';
export { isStamp, nextStamp, stampAt, stampToMs, type Stamp } from './stamp.ts';
export type { LogBases } from './wire/log-base.ts';
export { readProductCode, type ProductCode } from './product-code.ts';
