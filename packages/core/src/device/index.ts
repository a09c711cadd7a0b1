export type { Device, DeviceSync, LastRefs, LogAck, LogEntry, LogUpdate, Page, RebaseReason, RowsChange } from './device.ts';
export {
  StoreError,
  storeLayout,
  type ConfirmedUpdate,
  type DeviceStore,
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
