import type { DeviceStore } from '@cacaw/core/device';
import type { AccountId, Clock, CollectionId, Random, Wire } from '@cacaw/protocol';
import type { CredentialSource } from './credential.ts';
import type { Detectors } from './detection/detectors.ts';
import type { Network } from './network.ts';
import type { Inflate } from './page.ts';
import type { StorageEstimate } from './photos/keeper.ts';
import type { Fetch } from './relay-http.ts';
import type { TabChannel, TabLocks } from './tab-channel.ts';

/** Everything a tab's engine needs of the outside. */
export interface HostPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly locks: TabLocks;
  readonly channel: TabChannel;
  readonly fetch: Fetch;
  /** A connection of this tab's own to the device's database. */
  readonly openStore: () => Promise<DeviceStore>;
  /** Opens a new connection to the relay at once. */
  readonly connect: () => Wire;
  /** Who this device is to the relay; its own random secret when left out. */
  readonly credential?: CredentialSource | undefined;
  /** Undoes deflate-raw of pages; the platform's own when left out. */
  readonly inflate?: Inflate | undefined;
  /** What looks at photos without the relay; nothing when left out. */
  readonly detectors?: Detectors | undefined;
  /** What names and descriptions of proposals are written in, BCP 47; English when left out. */
  readonly language?: string | undefined;
  /** How much room the device has; unknown when left out. */
  readonly estimate?: StorageEstimate | undefined;
  /** Deletes what is kept outside the device store: the collection's notebook. */
  readonly forgetFree: (collection: CollectionId) => Promise<void>;
  /** Somebody must look: reading or the term itself failed. */
  readonly onError: (error: unknown) => void;
}

/** Which database a tab opens, whose it is, and where its relay stands. */
export interface HostOptions {
  /** Names the database, the lock and the channel: one per account. */
  readonly database: string;
  /** Whose data that is; the local account's when left out. */
  readonly account?: AccountId | null | undefined;
  /** What the account's devices seal looks with, base64url; without it looks are sealed by nobody and believed of nobody. */
  readonly lookKey?: string | undefined;
  /** Where the relay's HTTP face stands. */
  readonly relay: string;
  /** Where links point. */
  readonly publicUrl: string;
}
