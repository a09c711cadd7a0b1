import './dispose-symbols.ts';
export type {
  Cacaw,
  DeviceReport,
  FolderNode,
  ListChange,
  ListQuery,
  Person,
  PhotoOnItsWay,
  PhotoPause,
  PhotoSettings,
  PhotosReport,
  PhotoAnswer,
  SearchHit,
  ShownIn,
  SortField,
  Splice,
  Stop,
  StorageReport,
  SupersededValue,
  SyncReport,
  SyncStatus,
  Totals,
  Tree,
} from './cacaw.ts';
export type {
  DetectionBy,
  DetectionCalls,
  DetectionSettings,
  Look,
  LookAgain,
  LookReason,
  Review,
  ReviewEdit,
  ReviewLine,
} from './detection/detection-calls.ts';
export { createBrowserEnvironment, type BrowserEnvironment } from './browser-environment.ts';
export { createMessagePort } from './message-port.ts';
export { ShareError, type ShareErrorCode } from './faults.ts';
export { createHost } from './host.ts';
export type { HostOptions, HostPorts } from './host-ports.ts';
export { createMemoryTabs, type MemoryTab } from './memory-tabs.ts';
export type { NetworkMode } from './network-mode.ts';
export { alwaysOnline, createBrowserNetwork, type Network } from './network.ts';
export type { Fetch, HttpAnswer, HttpInit } from './relay-http.ts';
export { connectCacaw, serveCacaw, type Port } from './rpc.ts';
export { parseLink, type ShareLink } from './share-link.ts';
export type { Invitation, SharingCalls } from './sharing.ts';
export type { Ask, TabChannel, TabLocks, TabMessage } from './tab-channel.ts';
export { createSystemClock, createSystemRandom } from './clock.ts';
export { secretCredential, tokenCredential, type CredentialSource, type DatedCredential } from './credential.ts';
export type { Inflate } from './page.ts';
export type { RefusedEdit } from './tray.ts';
export { createSyncClient, type SyncClient, type SyncClientOptions, type SyncClientPorts } from './sync-client.ts';
export { createWebSocketWire } from './websocket-wire.ts';
