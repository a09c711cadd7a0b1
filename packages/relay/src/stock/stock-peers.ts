import { newWriterId, type Clock, type CloseName, type Random, type Ref, type WriterId } from '@cacaw/protocol';
import type { Author } from '../room/ops.ts';

/** One stock client at a free document. */
export interface StockPeer {
  readonly author: Author;
  send(frame: Uint8Array): void;
  close(name: CloseName, reason: string): void;
}

interface Known {
  readonly writer: WriterId;
  ref: number;
  provenAt: number;
  cancelProof: (() => void) | undefined;
}

/** A peer hears at most this often how far the log has come. */
const proofEveryMs = 500;

/** Who is at a free document, each with a writer of its own. */
export class StockPeers {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #known = new Map<StockPeer, Known>();
  /** Whose rows are on their way, by writer. */
  readonly #byWriter = new Map<WriterId, StockPeer>();

  constructor({ clock, random }: { readonly clock: Clock; readonly random: Random }) {
    this.#clock = clock;
    this.#random = random;
  }

  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  add(peer: StockPeer): void {
    const writer = newWriterId(this.#random);
    this.#known.set(peer, { writer, ref: 0, provenAt: this.#clock.now(), cancelProof: undefined });
    this.#byWriter.set(writer, peer);
  }

  /** False when it was not here. */
  remove(peer: StockPeer): boolean {
    const known = this.#known.get(peer);
    if (known === undefined) return false;
    known.cancelProof?.();
    this.#known.delete(peer);
    // Rows of it still on their way are in the document already: applied again they change nothing.
    this.#byWriter.delete(known.writer);
    return true;
  }

  /** Takes everybody out. */
  clear(): readonly StockPeer[] {
    const peers = [...this.#known.keys()];
    for (const peer of peers) this.remove(peer);
    return peers;
  }

  /** Who wrote a row that has come back; undefined for everybody else's. */
  authorOf(writer: WriterId): StockPeer | undefined {
    return this.#byWriter.get(writer);
  }

  /** Under which name the next row of a peer is written; one that has left writes its last under a new one. */
  nextRow(peer: StockPeer): { readonly writer: WriterId; readonly ref: Ref } {
    const known = this.#known.get(peer);
    if (known === undefined) return { writer: newWriterId(this.#random), ref: 1 as Ref };
    known.ref += 1;
    return { writer: known.writer, ref: known.ref as Ref };
  }

  /** Tells everybody but one. */
  tell(frame: Uint8Array, except: StockPeer | undefined): void {
    for (const peer of this.#known.keys()) if (peer !== except) peer.send(frame);
  }

  /** Calls `prove` for a peer, soon and seldom. */
  proveSoon(peer: StockPeer, prove: () => void): void {
    const known = this.#known.get(peer);
    if (known === undefined || known.cancelProof !== undefined) return;
    const waitMs = Math.max(0, known.provenAt + proofEveryMs - this.#clock.now());
    known.cancelProof = this.#clock.after(waitMs, () => {
      known.cancelProof = undefined;
      known.provenAt = this.#clock.now();
      prove();
    });
  }
}
