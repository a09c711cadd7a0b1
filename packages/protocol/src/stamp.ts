declare const brand: unique symbol;
/** Per-key clock that follows wall time: quarter seconds since 2024-01-01 UTC, an integer below 2^40. The larger one wins. */
export type Stamp = number & { readonly [brand]: 'Stamp' };

const originMs = Date.UTC(2024, 0, 1);
const quarterMs = 250;
const stampLimit = 2 ** 40;

/** True for an integer from 0 to 2^40 - 1. */
export const isStamp = (value: unknown): value is Stamp =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < stampLimit;

/** The stamp of a wall-clock time, clamped into the valid range. */
export const stampAt = (ms: number): Stamp => Math.min(stampLimit - 1, Math.max(0, Math.floor((ms - originMs) / quarterMs))) as Stamp;

/**
 * The stamp of a write made at `nowMs` by someone who has seen `seen` on that key: always larger than what was seen, and
 * never 0 even under a clock before 2024, because a bundle with stamp 0 is read as folded.
 */
export const nextStamp = (nowMs: number, seen: Stamp | undefined): Stamp =>
  Math.min(stampLimit - 1, Math.max(stampAt(nowMs), (seen ?? 0) + 1)) as Stamp;

/** The wall-clock milliseconds a stamp stands for; only an approximation where clocks were wrong. */
export const stampToMs = (stamp: Stamp): number => originMs + stamp * quarterMs;
