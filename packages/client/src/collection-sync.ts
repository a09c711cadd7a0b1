import type { DeviceSync } from '@cacaw/core/device';
import type { Clock, CollectionId, DocumentName, GoneReason, Random, WireRole } from '@cacaw/protocol';
import type { CollectionEvent, Conversation, Refused } from './exchange.ts';
import type { Inflate } from './page.ts';

/** What a collection's sync tells. */
export interface SyncListener {
  /** Anything {@link CollectionSync} shows may have changed. */
  onChange(): void;
  onRefused(refused: Refused, toTray: boolean): void;
  onRebased(): void;
  /** Updates of others were confirmed. */
  onMerged(count: number): void;
  /** The relay lacked edits after a restore and still does not have all of them. */
  onLacking(): void;
  /** A step failed on this device, and is tried again. */
  onFault(error: unknown): void;
  /** The relay broke the protocol: the connection is worth nothing. */
  onBreach(problem: string): void;
}

/** What a collection's sync is made of. */
export interface SyncOptions {
  readonly collection: CollectionId;
  readonly device: DeviceSync;
  readonly clock: Clock;
  readonly random: Random;
  readonly inflate: Inflate;
  readonly appSchema: number;
  /** The secret of the collection's link; asked at each join. */
  readonly secret: () => Uint8Array | undefined;
  /** Documents to pull first: those on screen; asked for each page. */
  readonly pullFirst: () => readonly DocumentName[];
  /** Makes the collection known to a relay that has forgotten it; resolves when it is worth joining again. */
  readonly announce?: (() => Promise<void>) | undefined;
}

/** How a collection stands with the relay. */
export type SyncPhase = 'apart' | 'joining' | 'reconciling' | 'pulling' | 'live' | 'gone';

/** Keeps one collection of one device equal to the relay's log, on whatever connection there is. */
export interface CollectionSync {
  readonly phase: SyncPhase;
  /** Why the collection is gone; `unknown` also when the relay never had it. */
  readonly gone: GoneReason | undefined;
  /** What this account may do, as last heard. */
  readonly role: WireRole | undefined;
  /** This app is older than the collection demands: it reads, and its edits wait. */
  readonly isTooOld: boolean;
  readonly pending: number;
  /** Documents received and to be received by the pull under way. */
  readonly received: { readonly done: number; readonly total: number };
  begin(conversation: Conversation): void;
  /** The connection is lost. */
  end(): void;
  hear(event: CollectionEvent): void;
  /** The device has new pending pushes. */
  pendingChanged(): void;
  /** Joins again if the last answer was final. */
  retry(): void;
  close(): void;
}
