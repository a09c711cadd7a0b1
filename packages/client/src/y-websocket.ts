import { closeReasons, isRetryableClose, type Clock, type CollectionId, type Random } from '@cacaw/protocol';
import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';
import * as syncProtocol from 'y-protocols/sync';
import { messageSync, WebsocketProvider } from 'y-websocket';
import type * as Y from 'yjs';
import { createBackoff, type Backoff } from './backoff.ts';
import type { Stop } from './cacaw.ts';
import { CommittedView } from './committed-view.ts';
import type { Network } from './network.ts';
import { Question } from './question.ts';

/** How a free document stands with the relay. `pending` counts own edits not yet proven to be committed. */
export type FreeStatus =
  | { readonly state: 'connecting' | 'offline' | 'unreachable' | 'sending' | 'synced'; readonly pending: number }
  /** The relay closed for good: `code` is one of `closeReasons`; with 4409 what is unsent must move to the new generation. */
  | { readonly state: 'stopped'; readonly code: number; readonly reason: string; readonly pending: number };

/** What a link of one free document takes from outside. */
export interface FreeLinkPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly network: Network;
  readonly WebSocket: typeof WebSocket;
}

/**
 * Subprotocol credential, asked for at each connection: `bearer.<jwt>`, or a guest's `capability.<base64url secret of the link>`,
 * followed by `.<base64url secret of the device>` where one person is to be one guest on both lanes. Null: nobody is signed in, which ends the link until somebody asks to retry; a rejection is tried again.
 */
export type FreeCredential = () => Promise<string | null>;

/** Which free document, and at which relay. */
export interface FreeLinkOptions {
  /** Origin of the relay's sockets, e.g. `wss://cacaw.example`. */
  readonly relay: string;
  readonly collection: CollectionId;
  /** The document's name without `free.` and generation. */
  readonly name: string;
  readonly credential: FreeCredential;
}

/** A plain Yjs document on a relay's stock lane, over an unmodified y-websocket. */
export interface FreeLink {
  readonly status: FreeStatus;
  onStatus(listener: (status: FreeStatus) => void): Stop;
  /** Connects at once instead of waiting out the backoff; the only way back from `stopped`. */
  retry(): void;
  close(): void;
}

/** Syncs `doc` with `/yjs/<collection>/free.<name>` until closed; local edits count as pending until the relay proves them committed. */
export function connectFreeDocument(doc: Y.Doc, ports: FreeLinkPorts, options: FreeLinkOptions): FreeLink {
  return new StockLink(doc, ports, options);
}

const proofMs = { first: 250, most: 10_000 };
/** The provider's own timer must never fire before ours: its waits have no jitter. */
const providerBackoffMs = 60_000;

class StockLink implements FreeLink {
  readonly #doc: Y.Doc;
  readonly #ports: FreeLinkPorts;
  readonly #provider: WebsocketProvider;
  readonly #committed: CommittedView;
  readonly #backoff: Backoff;
  readonly #listeners = new Set<(status: FreeStatus) => void>();
  readonly #stops: Stop[];
  /** For the credential. */
  readonly #question = new Question<string | null>();
  readonly #credential: FreeCredential;
  #cancelConnect: Stop = () => undefined;
  #cancelProof: Stop = () => undefined;
  #proofs = 0;
  #pending = 0;
  #failed = false;
  #stopped: { readonly code: number; readonly reason: string } | null = null;
  #status: FreeStatus = { state: 'connecting', pending: 0 };

  constructor(doc: Y.Doc, ports: FreeLinkPorts, options: FreeLinkOptions) {
    this.#doc = doc;
    this.#ports = ports;
    this.#committed = new CommittedView(doc);
    this.#backoff = createBackoff(ports.random);
    this.#credential = options.credential;
    this.#provider = this.#createProvider(options);
    const onUpdate = (_update: Uint8Array, origin: unknown): void => this.#edited(origin);
    doc.on('update', onUpdate);
    this.#stops = [() => doc.off('update', onUpdate), ports.network.onChange(() => this.#networkChanged())];
    // What an earlier visit left unsent is unknown until the relay has shown what it holds.
    if (!this.#committed.covers()) this.#pending = 1;
    if (ports.network.online) this.#connect();
    this.#publish();
  }

  get status(): FreeStatus {
    return this.#status;
  }

  onStatus(listener: (status: FreeStatus) => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  retry(): void {
    this.#stopped = null;
    this.#backoff.reset();
    this.#connect();
    this.#publish();
  }

  close(): void {
    this.#question.drop();
    this.#cancelConnect();
    this.#cancelProof();
    for (const stop of this.#stops) stop();
    this.#listeners.clear();
    this.#provider.destroy();
  }

  #createProvider({ relay, collection, name }: FreeLinkOptions): WebsocketProvider {
    const provider = new WebsocketProvider(`${relay}/yjs/${collection}`, `free.${name}`, this.#doc, {
      connect: false,
      disableBc: true,
      maxBackoffTime: providerBackoffMs,
      WebSocketPolyfill: this.#ports.WebSocket,
      shouldReconnect: () => false,
    });
    this.#readProofs(provider);
    provider.on('status', () => this.#publish());
    provider.on('sync', (synced) => {
      if (synced) this.#backoff.reset();
      this.#failed = false;
      this.#publish();
    });
    provider.on('closed', ({ code, reason }) => this.#closed(code, reason));
    return provider;
  }

  /** Looks at every sync message before the provider applies it: each is a proof of what is committed. */
  #readProofs(provider: WebsocketProvider): void {
    const apply = provider.messageHandlers[messageSync];
    if (apply === undefined) throw new Error('y-websocket no longer has a handler for sync messages; its version must be 3.1.0.');
    provider.messageHandlers[messageSync] = (...message) => {
      const proof = readSyncMessage(message[1]);
      apply(...message);
      if (proof.type === syncProtocol.messageYjsSyncStep1) this.#committed.noteStateVector(proof.bytes);
      else if (proof.type === syncProtocol.messageYjsSyncStep2) this.#committed.noteDifference(proof.bytes);
      this.#weigh();
    };
  }

  #edited(origin: unknown): void {
    if (origin === this.#provider) return;
    this.#pending += 1;
    this.#proofs = 0;
    this.#askForProof();
    this.#publish();
  }

  #weigh(): void {
    if (this.#pending > 0 && this.#committed.covers()) {
      this.#pending = 0;
      this.#cancelProof();
    } else if (this.#pending > 0) this.#askForProof();
    this.#publish();
  }

  /** Asks, after a pause that grows, for everything beyond what is proven: the answer holds our own edits once they are committed. */
  #askForProof(): void {
    this.#cancelProof();
    const waitMs = Math.min(proofMs.most, proofMs.first * 2 ** this.#proofs);
    this.#cancelProof = this.#ports.clock.after(waitMs, () => {
      const socket = this.#provider.ws;
      if (!this.#provider.wsconnected || socket === null || this.#pending === 0) return;
      this.#proofs += 1;
      const encoder = encoding.createEncoder();
      encoding.writeVarUint(encoder, messageSync);
      encoding.writeVarUint(encoder, syncProtocol.messageYjsSyncStep1);
      encoding.writeVarUint8Array(encoder, this.#committed.stateVector);
      socket.send(encoding.toUint8Array(encoder));
      this.#askForProof();
    });
  }

  #connect(): void {
    this.#cancelConnect();
    this.#question.ask(this.#credential, {
      answered: (credential) => {
        this.#connectAs(credential);
        this.#publish();
      },
      failed: () => {
        this.#postpone();
        this.#publish();
      },
    });
  }

  #connectAs(credential: string | null): void {
    if (credential === null) {
      const { code } = closeReasons.unauthenticated;
      this.#stopped = { code, reason: 'sign in again to sync' };
      return;
    }
    this.#committed.clear();
    this.#provider.protocols = ['yjs', credential];
    this.#provider.connect();
  }

  #postpone(): void {
    this.#failed = true;
    if (this.#ports.network.online) this.#connectLater();
  }

  #closed(code: number, reason: string): void {
    this.#failed = true;
    if (!isRetryableClose(code)) this.#stopped = { code, reason };
    else if (this.#ports.network.online) this.#connectLater();
    this.#publish();
  }

  /** With the jitter of all links: a relay that comes back must not meet everybody at once. */
  #connectLater(): void {
    this.#cancelConnect();
    this.#cancelConnect = this.#ports.clock.after(this.#backoff.next(), () => this.#connect());
  }

  #networkChanged(): void {
    if (!this.#ports.network.online) {
      this.#question.drop();
      this.#cancelConnect();
      this.#provider.disconnect();
    } else if (this.#stopped === null) {
      this.#backoff.reset();
      this.#connect();
    }
    this.#publish();
  }

  #publish(): void {
    const status = this.#read();
    if (JSON.stringify(status) === JSON.stringify(this.#status)) return;
    this.#status = status;
    for (const listener of this.#listeners) listener(status);
  }

  #read(): FreeStatus {
    const pending = this.#pending;
    if (this.#stopped !== null) return { state: 'stopped', ...this.#stopped, pending };
    if (!this.#ports.network.online) return { state: 'offline', pending };
    if (this.#provider.synced) return { state: pending > 0 ? 'sending' : 'synced', pending };
    return { state: this.#failed ? 'unreachable' : 'connecting', pending };
  }
}

/** Reads a sync message without moving `decoder`. */
function readSyncMessage(decoder: decoding.Decoder): { readonly type: number; readonly bytes: Uint8Array } {
  const copy = decoding.clone(decoder);
  return { type: decoding.readVarUint(copy), bytes: decoding.readVarUint8Array(copy) };
}

/** True when the relay made the document anew: what is unsent must be carried over by its owner. */
export const isSuperseded = (status: FreeStatus): boolean => status.state === 'stopped' && status.code === closeReasons.generation.code;
