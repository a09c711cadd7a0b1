export type { Device, DeviceSync, HeldContent, LastRefs, LogAck, LogEntry, LogUpdate, Page, RebaseReason, RowsChange } from './device.ts';
export {
  below,
  StoreError,
  storeLayout,
  type ConfirmedUpdate,
  type DeviceStore,
  type DoneCommand,
  type JournalEntry,
  type PendingUpdate,
  type RangeQuery,
  type RowChunk,
  type StoreErrorCode,
  type StoreKey,
  type StoreName,
  type StoreReader,
  type StoreWriter,
  type Stored,
  type StoredCursor,
  type TrayEntry,
} from './store.ts';
export { createIndexedDbStore, storeVersion, type IndexedDbStoreOptions } from './idb-store.ts';
export {
  createMemoryDisk,
  createMemoryStore,
  type MemoryDisk,
  type MemoryFaults,
  type MemoryStore,
  type StorePoint,
} from './memory-store.ts';
export { lookSettingKey, lookKinds } from './look-marks.ts';
export { looksMarked, takeLook, type LookMark } from './looks-marked.ts';
export { uploadKey, uploadOf, type Upload } from './photo-names.ts';
export { firstRows, readFirstRows, readRows, rowOf, rowsAfter, rowStores } from './read-rows.ts';
export { ownerOf, takeOwnership } from './owner.ts';
export { openDevice, type DeviceOptions } from './open-device.ts';
export type { ReadLookKey } from './edit.ts';
export { sealOf, type LookedPhoto, type LookKey } from '../inventory/look-seals.ts';
export type { LoadPlanner } from './plan-command.ts';
export type { SupersededValue } from './superseded.ts';
export { openTerm } from './term-device.ts';
export type { Quarantined } from './unit.ts';
