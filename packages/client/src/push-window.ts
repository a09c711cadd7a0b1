import type { LastRefs, LogAck, PendingUpdate } from '@cacaw/core/device';
import type { Ref, WriterId } from '@cacaw/protocol';

/** How much may be under way unanswered: enough to fill a slow line, little enough to take back. */
const maxInFlight = 32;
const maxInFlightBytes = 512 * 1024;

/** What of the pending pushes is committed and what is under way on this connection. */
export class PushWindow {
  /** Per writer the last ref known to be committed. */
  readonly #committed: Map<WriterId, Ref>;
  /** Per writer the last ref sent on this connection and not taken back. */
  readonly #sent = new Map<WriterId, Ref>();

  constructor(lastRefs: LastRefs = new Map()) {
    this.#committed = new Map(lastRefs);
  }

  committed({ writer, ref }: Pick<LogAck, 'writer' | 'ref'>): void {
    this.#committed.set(writer, later(this.#committed.get(writer), ref));
  }

  /** What is to be sent now, in order, and counts as sent from here on. */
  take(queue: readonly PendingUpdate[]): readonly PendingUpdate[] {
    const taken: PendingUpdate[] = [];
    let count = 0;
    let bytes = 0;
    for (const update of queue) {
      if (this.#isCommitted(update)) continue;
      if (count >= maxInFlight || (count > 0 && bytes + update.bytes.length > maxInFlightBytes)) break;
      count += 1;
      bytes += update.bytes.length;
      if (update.ref <= (this.#sent.get(update.writer) ?? 0)) continue;
      this.#sent.set(update.writer, update.ref);
      taken.push(update);
    }
    return taken;
  }

  /** The relay did not take this push, nor any after it: they are sent again. */
  takeBack(writer: WriterId, ref: Ref): void {
    this.#sent.set(writer, (ref - 1) as Ref);
  }

  isUnderWay(writer: WriterId, ref: Ref): boolean {
    return !this.#isCommitted({ writer, ref }) && ref <= (this.#sent.get(writer) ?? 0);
  }

  lowestUnderWay(queue: readonly PendingUpdate[], writer: WriterId): Ref | undefined {
    return queue.find((update) => update.writer === writer && !this.#isCommitted(update))?.ref;
  }

  #isCommitted({ writer, ref }: Pick<PendingUpdate, 'writer' | 'ref'>): boolean {
    return ref <= (this.#committed.get(writer) ?? 0);
  }
}

/** The later of two refs of one writer. */
export const later = (a: Ref | undefined, b: Ref): Ref => (a === undefined || b > a ? b : a);
