import type { DetectedItem, DetectionHints } from '@cacaw/protocol/detection';

/** Formats a detector is given. */
export type PictureType = 'image/jpeg' | 'image/png' | 'image/webp';

/** One picture as a device or the blob store has it. */
export interface Picture {
  readonly bytes: Uint8Array;
  readonly mediaType: PictureType;
}

/** Tokens a service reads and writes; thinking is writing. */
export interface Tokens {
  readonly input: number;
  readonly output: number;
}

/** What a detector saw. */
export interface Detection {
  readonly items: readonly DetectedItem[];
  /** The model that answered, as it names itself. */
  readonly model: string;
  /** Tokens the service counted; undefined when it did not say. */
  readonly tokens?: Tokens | undefined;
}

/**
 * Why a detector gave no answer. `busy`: the service's own limit; `blocked`: it will not look at this picture; `unreadable`: what it said
 * was cut off or is no answer; `unavailable`: it is down, unreachable or broke off; `timeout`; `refused`: it cannot read this picture;
 * `setup`: the key or the model is wrong; `cancelled`: whoever asked has left.
 */
export type DetectionFailure = 'busy' | 'blocked' | 'unreadable' | 'unavailable' | 'timeout' | 'refused' | 'setup' | 'cancelled';

/** What more is known of a failure. */
export interface FailureOptions extends ErrorOptions {
  readonly retryAfterMs?: number | undefined;
  readonly tokens?: Tokens | undefined;
}

/** A picture that was not looked at; nothing may be charged to who asked. Never carries the service's key or the picture. */
export class DetectorError extends Error {
  readonly failure: DetectionFailure;
  /** When the service will be there again, if it said so. */
  readonly retryAfterMs: number | undefined;
  /** What the service counted all the same, and is paid for. */
  readonly tokens: Tokens | undefined;

  constructor(failure: DetectionFailure, message: string, options: FailureOptions = {}) {
    super(message, options);
    this.failure = failure;
    this.retryAfterMs = options.retryAfterMs;
    this.tokens = options.tokens;
  }
}

/**
 * Looks at one picture and names the things in it. Guarantees, proven by `detectorContract`: items fit their fields whatever the service
 * says; everything else is a {@link DetectorError}; no address in an answer is ever followed; ends when `signal` does.
 */
export interface Detector {
  /** Where answers come from, as people are told. */
  readonly source: string;
  /** The most its service may count for one picture looked at with these hints; left out where nothing is counted. */
  readonly mostTokens?: ((hints: DetectionHints) => Tokens) | undefined;
  detect(picture: Picture, hints: DetectionHints, signal: AbortSignal): Promise<Detection>;
}
