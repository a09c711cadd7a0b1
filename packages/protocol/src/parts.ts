import { encodeClientMessage } from './frame.ts';
import { maxFrameBytes } from './limits.ts';
import type { Part } from './messages.ts';

/** Type byte, id varint and last flag of a part. */
const overhead = 7;

/**
 * The frames that carry an encoded message: itself when it fits into one, otherwise `part`s under `id`, which must not be
 * in use for another message still being sent on this connection. Parts look the same in both directions.
 */
export function toFrames(message: Uint8Array, id: number): readonly Uint8Array[] {
  if (message.length <= maxFrameBytes) return [message];
  const size = maxFrameBytes - overhead;
  return Array.from({ length: Math.ceil(message.length / size) }, (_, index) => {
    const start = index * size;
    return encodeClientMessage({ type: 'part', id, last: start + size >= message.length, bytes: message.subarray(start, start + size) });
  });
}

/** What a part came to: a whole message, more to come, or a breach of the limits (close 4413). */
export type Joined = { readonly kind: 'message'; readonly bytes: Uint8Array } | { readonly kind: 'more' } | { readonly kind: 'too-large' };

/** Puts messages together from interleaved parts. */
export interface PartJoiner {
  accept(part: Part): Joined;
}

/** A joiner that never holds more than `maxBytes` over all unfinished messages, nor more than 64 of them in 1,024 pieces. */
export const createPartJoiner = (maxBytes: number): PartJoiner => new Joiner(maxBytes);

const maxUnfinished = 64;
/** A piece costs memory however small it is; the largest message is 65 pieces. */
const maxPieces = 1_024;

class Joiner implements PartJoiner {
  readonly #maxBytes: number;
  readonly #unfinished = new Map<number, Uint8Array[]>();
  #held = 0;
  #pieces = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  accept(part: Part): Joined {
    const pieces = this.#unfinished.get(part.id) ?? [];
    this.#held += part.bytes.length;
    this.#pieces += 1;
    pieces.push(part.bytes);
    this.#unfinished.set(part.id, pieces);
    if (this.#held > this.#maxBytes || this.#unfinished.size > maxUnfinished || this.#pieces > maxPieces) return this.#refuse();
    return part.last ? this.#finish(part.id, pieces) : { kind: 'more' };
  }

  #refuse(): Joined {
    this.#unfinished.clear();
    this.#held = 0;
    this.#pieces = 0;
    return { kind: 'too-large' };
  }

  #finish(id: number, pieces: readonly Uint8Array[]): Joined {
    this.#unfinished.delete(id);
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    this.#held -= bytes.length;
    this.#pieces -= pieces.length;
    return { kind: 'message', bytes };
  }
}
