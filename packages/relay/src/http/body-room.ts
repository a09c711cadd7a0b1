import type { Clock } from '@cacaw/protocol';

/** A large body that is on its way here, or is being answered. */
export interface LargeBody {
  readonly whose: string;
  /** How long it was said to be: it cannot become longer. */
  readonly bytes: number;
  /** How many bytes of its connection have come; undefined when all of it is here, or when nobody can tell. */
  readonly come: () => number | undefined;
  /** Ends it; what came of it is let go. Called for one that is still coming. */
  readonly end: () => void;
}

/** Room for the large bodies that a relay holds at once. */
export interface BodyRoom {
  /** Calling what it returns gives the room back, once. Undefined: there is none for this one. */
  take(body: LargeBody): (() => void) | undefined;
}

/** How much room there is, and how much of it one caller may have at most. */
export interface BodyRoomOptions {
  readonly clock: Clock;
  readonly most?: number;
  readonly mostEach?: number;
}

const mebibyte = 1024 * 1024;
/** A body that comes slower than this makes way for anybody: a quarter of what a bad phone line carries. */
const leastBytesPerSecond = 8 * 1024;
/** Over so long, that a line may falter. */
const overMs = 10_000;

/**
 * By itself room for 128 pieces of photos, or two batches of pictures, half of it for one caller. It is held for the length that was told, which
 * costs a sender nothing, so whoever finds none gets it from bodies that are still coming: first those slower than 8 KiB/s, the oldest first, then the
 * newest of who holds most, as long as that is more than whoever comes would then hold. While there is room nobody is ended, however slow.
 */
export const createBodyRoom = (options: BodyRoomOptions): BodyRoom => new Room(options);

interface Held {
  readonly body: LargeBody;
  /** How much had come when it was last looked at. */
  seen: { readonly atMs: number; readonly bytes: number };
  isSlow: boolean;
}

class Room implements BodyRoom {
  readonly #clock: Clock;
  readonly #most: number;
  readonly #mostEach: number;
  /** In the order they came. */
  readonly #held = new Set<Held>();

  constructor({ clock, most = 128 * mebibyte, mostEach = 64 * mebibyte }: BodyRoomOptions) {
    [this.#clock, this.#most, this.#mostEach] = [clock, most, mostEach];
  }

  take(body: LargeBody): (() => void) | undefined {
    const sums = this.#sums();
    const would = (sums.get(body.whose) ?? 0) + body.bytes;
    const ending = would > this.#mostEach ? undefined : this.#endingFor(body, sums);
    if (ending === undefined) return undefined;
    for (const one of ending) {
      this.#held.delete(one);
      one.body.end();
    }
    const held = { body, seen: { atMs: this.#clock.now(), bytes: body.come() ?? 0 }, isSlow: false };
    this.#held.add(held);
    return () => void this.#held.delete(held);
  }

  /** What each caller holds. */
  #sums(): Map<string, number> {
    const sums = new Map<string, number>();
    for (const { body } of this.#held) sums.set(body.whose, (sums.get(body.whose) ?? 0) + body.bytes);
    return sums;
  }

  /** Which have to end for it; undefined when that does not help. */
  #endingFor({ whose, bytes }: LargeBody, sums: Map<string, number>): ReadonlySet<Held> | undefined {
    const ending = new Set<Held>();
    const would = (sums.get(whose) ?? 0) + bytes;
    const sumOf = ({ body }: Held): number => sums.get(body.whose) ?? 0;
    let lacking = [...sums.values()].reduce((sum, one) => sum + one, bytes) - this.#most;
    const coming = lacking > 0 ? this.#coming() : [];
    while (lacking > 0) {
      const mayEnd = coming.filter((one) => !ending.has(one) && (one.isSlow || sumOf(one) > would));
      const [first, ...others] = mayEnd;
      if (first === undefined) return undefined;
      const next = mayEnd.findLast(({ isSlow }) => isSlow) ?? others.reduce((most, one) => (sumOf(one) > sumOf(most) ? one : most), first);
      ending.add(next);
      sums.set(next.body.whose, sumOf(next) - next.body.bytes);
      lacking -= next.body.bytes;
    }
    return ending;
  }

  /** Those not all of which is here, the newest first, each looked at whether it is slow. */
  #coming(): readonly Held[] {
    return [...this.#held].reverse().filter((one) => {
      const bytes = one.body.come();
      if (bytes === undefined) return false;
      const nowMs = this.#clock.now();
      const forMs = nowMs - one.seen.atMs;
      if (forMs >= overMs) {
        one.isSlow = (bytes - one.seen.bytes) * 1_000 < leastBytesPerSecond * forMs;
        one.seen = { atMs: nowMs, bytes };
      }
      return true;
    });
  }
}
