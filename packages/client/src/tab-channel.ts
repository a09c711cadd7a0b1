import type { RowsChange } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';
import type { DeviceReport, Person, Stop, SyncReport } from './cacaw.ts';
import type { Look } from './detection/detection-calls.ts';
import type { Fault } from './faults.ts';

/** Reaches every other tab of the same device store, never the sender: a BroadcastChannel, or a test's bus. */
export interface TabChannel {
  post(message: TabMessage): void;
  onMessage(listener: (message: TabMessage) => void): Stop;
  close(): void;
}

/** Mutual exclusion among tabs: Web Locks, or a test's. */
export interface TabLocks {
  /**
   * Resolves once this tab holds `name`; `steal` takes it from a holder that no longer answers. `lost` is called if another tab
   * steals it. Aborting the signal gives up waiting.
   */
  take(
    name: string,
    options: { readonly steal: boolean; readonly signal: AbortSignal; readonly lost: () => void },
  ): Promise<{ release(): void }>;
}

/** Something only the leading tab can do, as plain data; doing it twice is the same as doing it once. */
export interface Ask {
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What tabs of one device say to each other. */
export type TabMessage =
  /** A tab leads, and has sent `changes` row changes in this term. Said on taking office, and to whoever says `here`. */
  | { readonly type: 'lead'; readonly term: string; readonly changes: number }
  /** A tab follows: the leader answers `lead`, and knows that it is still alive. */
  | { readonly type: 'here'; readonly tab: string }
  | { readonly type: 'ask'; readonly tab: string; readonly id: number; readonly ask: Ask }
  | { readonly type: 'answer'; readonly tab: string; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly tab: string; readonly id: number; readonly fault: Fault }
  /** Rows one transaction changed, numbered within the term so that a follower that slept notices what it missed. */
  | { readonly type: 'rows'; readonly term: string; readonly number: number; readonly change: RowsChange }
  | News;

/** How something stands just now: the newest of a kind and a collection is all that counts. */
export type News =
  | { readonly type: 'device'; readonly report: DeviceReport }
  | { readonly type: 'status'; readonly report: SyncReport }
  | { readonly type: 'people'; readonly collection: CollectionId; readonly people: readonly Person[] }
  | { readonly type: 'looks'; readonly collection: CollectionId; readonly looks: readonly Look[] };
