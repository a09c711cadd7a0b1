import type { Device } from '@cacaw/core/device';
import {
  base64urlToBytes,
  type AccountId,
  type Clock,
  type CollectionId,
  type DocumentName,
  type GoneReason,
  type Random,
} from '@cacaw/protocol';
import type { Person, SyncReport } from './cacaw.ts';
import type { CollectionEvent, Conversation, Refused } from './exchange.ts';
import type { LinkState } from './link.ts';
import type { Inflate } from './page.ts';
import { createPresence, type Presence } from './presence.ts';
import { createStatusReporter, type StatusReporter } from './status.ts';
import type { CollectionSync } from './collection-sync.ts';
import { createCollectionSync } from './sync.ts';

/** What a synced collection tells. */
export interface SyncedCollectionListener {
  onReport(report: SyncReport): void;
  onPeople(people: readonly Person[]): void;
  onGone(reason: GoneReason): void;
  /** The relay broke the protocol: the connection is worth nothing. */
  onBreach(problem: string): void;
  /** The relay found our clock wrong. */
  onClockRefused(): void;
}

/** What a synced collection is made of. */
export interface SyncedCollectionOptions {
  readonly collection: CollectionId;
  readonly device: Device;
  readonly clock: Clock;
  readonly random: Random;
  readonly inflate: Inflate;
  readonly appSchema: number;
  readonly secret: string | null;
  readonly link: LinkState;
  readonly pullFirst: () => readonly DocumentName[];
  readonly announce?: (() => Promise<void>) | undefined;
}

/** One collection as the link knows it: its sync, its people, and the report of both. */
export interface SyncedCollection {
  readonly report: SyncReport;
  readonly presence: Presence;
  setLink(state: LinkState): void;
  setSecret(secret: string | null): void;
  begin(conversation: Conversation, account: AccountId): void;
  end(): void;
  hear(event: CollectionEvent): void;
  pendingChanged(): void;
  trayChanged(): void;
  retry(): void;
  close(): void;
}

/** A collection that is not connected yet. */
export const createSyncedCollection = (options: SyncedCollectionOptions, listener: SyncedCollectionListener): SyncedCollection =>
  new ReportedCollection(options, listener);

class ReportedCollection implements SyncedCollection {
  readonly presence: Presence;
  readonly #options: SyncedCollectionOptions;
  readonly #listener: SyncedCollectionListener;
  readonly #status: StatusReporter;
  readonly #sync: CollectionSync;
  #link: LinkState;
  #secret: string | null;
  #refused = 0;
  #beginPresence: () => void = () => undefined;
  #toldGone: GoneReason | undefined;
  #isClosed = false;

  constructor(options: SyncedCollectionOptions, listener: SyncedCollectionListener) {
    const { collection, clock, link, secret } = options;
    this.#options = options;
    this.#listener = listener;
    this.#link = link;
    this.#secret = secret;
    this.presence = createPresence({ clock, onPeople: (people) => listener.onPeople(people) });
    this.#status = createStatusReporter({ collection, clock, emit: (report) => listener.onReport(report) });
    this.#sync = createCollectionSync(
      { ...options, secret: () => (this.#secret === null ? undefined : base64urlToBytes(this.#secret)) },
      {
        onChange: () => this.#changed(),
        onRefused: (refused, toTray) => this.#noteRefusal(refused, toTray),
        onRebased: () => this.trayChanged(),
        onMerged: (count) => this.#status.merged(count),
        onLacking: () => this.#status.note('error', 'The server came back older and does not take everything this device still holds.'),
        onFault: (error) => this.#status.note('error', `Something failed on this device and is tried again: ${messageOf(error)}`),
        onBreach: (problem) => listener.onBreach(problem),
      },
    );
    this.trayChanged();
  }

  get report(): SyncReport {
    return this.#status.report;
  }

  setLink(state: LinkState): void {
    if (state.state === 'stopped') this.#status.note('error', stopTexts[state.why]);
    this.#link = state;
    this.#changed();
  }

  setSecret(secret: string | null): void {
    if (secret === this.#secret) return;
    this.#secret = secret;
    this.#sync.retry();
  }

  begin(conversation: Conversation, account: AccountId): void {
    this.#status.note('info', 'Connected');
    this.#sync.begin(conversation);
    this.#beginPresence = () => this.presence.begin(conversation, account);
  }

  end(): void {
    this.#status.note('info', 'Connection lost');
    this.#sync.end();
    this.#beginPresence = () => undefined;
    this.presence.end();
  }

  hear(event: CollectionEvent): void {
    if (event.type === 'presence') return this.presence.hear(event);
    // Presence said before the relay has let us in is dropped there, and would be missing until it is renewed.
    if (event.type === 'joined') this.#beginPresence();
    this.#sync.hear(event);
  }

  pendingChanged(): void {
    this.#sync.pendingChanged();
  }

  trayChanged(): void {
    void this.#countTray();
  }

  retry(): void {
    this.#sync.retry();
  }

  close(): void {
    this.#isClosed = true;
    this.#sync.close();
    this.presence.close();
    this.#status.close();
  }

  async #countTray(): Promise<void> {
    const { device, collection } = this.#options;
    try {
      this.#refused = await device.store.read(['tray'], (tx) =>
        tx.count('tray', { index: 'collection', lower: collection, upper: collection }),
      );
    } catch (error) {
      // The term has ended while it was counted; whoever leads next counts again.
      if (!this.#isClosed) this.#status.note('error', `Refused changes could not be counted: ${messageOf(error)}`);
    }
    this.#changed();
  }

  #changed(): void {
    if (this.#isClosed) return;
    const { phase, gone, role, isTooOld, pending, received } = this.#sync;
    this.#status.update({ link: this.#link, phase, gone, role, isTooOld, pending, received, refused: this.#refused });
    if (gone !== this.#toldGone && gone !== undefined) this.#listener.onGone(gone);
    this.#toldGone = gone;
  }

  #noteRefusal({ kind, reason }: Refused, toTray: boolean): void {
    if (kind === 'clock') this.#listener.onClockRefused();
    if (toTray) this.#status.note('error', `A change was refused (${kind}): ${reason}`);
    else this.#status.note('info', `Sending again (${kind}): ${reason}`);
  }
}

const stopTexts = {
  'signed-out': 'Sign in again to sync; your work is safe here.',
  forbidden: 'The server does not accept connections of this app.',
  outdated: 'This app is too old for the server; reload it to update.',
  protocol: 'The server and this app do not understand each other; reload to update.',
} as const;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
