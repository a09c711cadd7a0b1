import './dispose-symbols.ts';
import { freeDatabaseName, keepDocument, type KeptDocument } from '@cacaw/core/y-indexeddb';
import type { Clock, CollectionId, Random } from '@cacaw/protocol';
import * as Y from 'yjs';
import type { Stop } from './cacaw.ts';
import { joinPeers, type PeerChannel } from './doc-peers.ts';
import type { Network } from './network.ts';
import {
  formatText,
  pageToMarkdown,
  readLines,
  replaceText,
  setLineKind,
  toggleCheck,
  type Line,
  type LineKind,
  type Look,
} from './notebook-page.ts';
import { connectFreeDocument, isSuperseded, type FreeCredential, type FreeLink, type FreeStatus } from './y-websocket.ts';

export type { Line, LineKind, Look, Span } from './notebook-page.ts';
export type { FreeCredential, FreeStatus } from './y-websocket.ts';

/** What a notebook takes from the browser; a `BrowserEnvironment` has it all. */
export interface NotebookPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly WebSocket: typeof WebSocket;
  readonly indexedDB: IDBFactory;
  /** Reaches the other tabs that have the same notebook open. */
  openChannel(name: string): PeerChannel;
}

/** Which notebook, where it is kept, and how its relay is reached. */
export interface NotebookOptions {
  readonly collection: CollectionId;
  /** Name of the account's device database, beside which the page is kept; the first local account's when left out. */
  readonly database?: string | undefined;
  /** Origin of the relay's sockets, e.g. `wss://cacaw.example`. */
  readonly relay: string;
}

/** How the notebook stands: on this device (`opening`, `kept`, or `unkept` with the reason) and with the relay. */
export interface NotebookStatus {
  readonly device: { readonly state: 'opening' | 'kept' } | { readonly state: 'unkept'; readonly reason: string };
  readonly link: FreeStatus | { readonly state: 'local'; readonly pending: 0 };
}

/** One shared page per collection: a plain Yjs document (`notebook-page.ts` says how the page stands in it), usable with no network. */
export interface Notebook {
  readonly doc: Y.Doc;
  readonly text: Y.Text;
  readonly status: NotebookStatus;
  readonly lines: readonly Line[];
  /** Called after every change of the page or of the status, whoever made it. */
  onChange(listener: () => void): Stop;
  /** Replaces `remove` characters at `at` by `insert`. */
  replace(change: { readonly at: number; readonly remove: number; readonly insert: string }): void;
  format(range: { readonly at: number; readonly length: number; readonly look: Look }): void;
  setLine(line: number, kind: LineKind): void;
  /** Ticks an open entry, opens a ticked one, makes any other line an open entry. */
  toggleCheck(line: number): void;
  /** Begins to sync, as whoever `credential` says at each connection; while it syncs already nothing changes. */
  sync(credential: FreeCredential): void;
  /** Keeps to this device from now on: nothing is sent or asked any more. */
  keepHere(): void;
  /** The page as Markdown: for export, and for whatever was unsent when the relay made the document anew. */
  toMarkdown(): string;
  /** True when the relay made the document anew: this page is complete, but what is pending can no longer be sent. */
  readonly isSuperseded: boolean;
  retry(): void;
  close(): Promise<void>;
}

/** Opens a collection's notebook in this page; resolves when everything kept on this device is in it. */
export async function createNotebook(ports: NotebookPorts, options: NotebookOptions): Promise<Notebook> {
  const notebook = new PageNotebook(ports, options);
  await notebook.opened;
  return notebook;
}

const generation = 0;
const name = 'notebook';

class PageNotebook implements Notebook {
  readonly doc: Y.Doc = new Y.Doc();
  readonly text: Y.Text = this.doc.getText('page');
  readonly opened: Promise<void>;
  readonly #ports: NotebookPorts;
  readonly #options: NotebookOptions;
  readonly #name: string;
  readonly #kept: KeptDocument;
  readonly #stops: Stop[];
  readonly #listeners = new Set<() => void>();
  #device: NotebookStatus['device'] = { state: 'opening' };
  #credential: FreeCredential | undefined;
  #link: FreeLink | undefined;
  #lines: readonly Line[] | undefined;
  #isClosed = false;

  constructor(ports: NotebookPorts, options: NotebookOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#name = freeDatabaseName({ ...options, database: options.database ?? 'CacawInventory', name, generation });
    this.#kept = keepDocument(this.doc, this.#name, ports);
    const onUpdate = (): void => this.#edited();
    this.doc.on('update', onUpdate);
    this.#stops = [() => this.doc.off('update', onUpdate), this.#kept.onFailure((error) => this.#unkept(error))];
    this.opened = this.#open();
  }

  get status(): NotebookStatus {
    return { device: this.#device, link: this.#link?.status ?? { state: 'local', pending: 0 } };
  }

  get lines(): readonly Line[] {
    return (this.#lines ??= readLines(this.text));
  }

  get isSuperseded(): boolean {
    return this.#link !== undefined && isSuperseded(this.#link.status);
  }

  onChange(listener: () => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  replace(change: Parameters<Notebook['replace']>[0]): void {
    replaceText(this.text, change);
  }

  format(range: Parameters<Notebook['format']>[0]): void {
    formatText(this.text, range);
  }

  setLine(line: number, kind: LineKind): void {
    setLineKind(this.text, line, kind);
  }

  toggleCheck(line: number): void {
    toggleCheck(this.text, line);
  }

  sync(credential: FreeCredential): void {
    this.#credential = credential;
    if (this.#device.state !== 'opening') this.#connect();
  }

  keepHere(): void {
    this.#credential = undefined;
    this.#link?.close();
    this.#link = undefined;
    this.#changed();
  }

  toMarkdown(): string {
    return pageToMarkdown(this.text);
  }

  retry(): void {
    this.#link?.retry();
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listeners.clear();
    for (const stop of this.#stops) stop();
    this.#link?.close();
    await this.#kept[Symbol.asyncDispose]();
    this.doc.destroy();
  }

  /** A page that cannot be kept is still shown and synced, and says so. */
  async #open(): Promise<void> {
    try {
      await this.#kept.loaded;
      if (this.#device.state === 'opening') this.#device = { state: 'kept' };
    } catch (error) {
      this.#unkept(error instanceof Error ? error : new Error(String(error)));
    }
    if (this.#isClosed) return;
    this.#stops.push(joinPeers(this.doc, this.#ports.openChannel(this.#name)));
    this.#connect();
    this.#changed();
  }

  #connect(): void {
    const credential = this.#credential;
    if (credential === undefined || this.#link !== undefined || this.#isClosed) return;
    const { relay, collection } = this.#options;
    this.#link = connectFreeDocument(this.doc, this.#ports, { relay, collection, name, credential });
    this.#link.onStatus(() => this.#changed());
    this.#changed();
  }

  /** A later edit that could be kept brings everything before it with it. */
  #edited(): void {
    if (this.#device.state === 'unkept')
      this.#kept.flush().then(
        () => this.#keptAgain(),
        () => undefined,
      );
    this.#changed();
  }

  #keptAgain(): void {
    this.#device = { state: 'kept' };
    this.#changed();
  }

  #unkept(error: Error): void {
    this.#device = { state: 'unkept', reason: error.message };
    this.#changed();
  }

  #changed(): void {
    this.#lines = undefined;
    for (const listener of this.#listeners) listener();
  }
}
