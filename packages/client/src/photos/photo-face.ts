import { bytesToBase64url, type Clock, type CollectionId } from '@cacaw/protocol';
import { photoPassAnswer } from '@cacaw/protocol/http';
import { bySchema } from '../by-schema.ts';
import type { FaceRequest, RelayFace } from '../relay-face.ts';
import type { HttpOutcome, ReadAnswer } from '../relay-http.ts';

/** The relay's HTTP face as photos speak to it: as the account of this device, or as the guest it is in a collection. */
export interface PhotoFace {
  /** Never rejects. */
  attempt<Value>(collection: CollectionId, request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>>;
}

/** What a {@link PhotoFace} stands on. */
export type GuestFace = Pick<RelayFace, 'attempt' | 'attemptAs' | 'deviceSecret'>;

/** A face that gets a pass when it first needs one, and again when that is over. */
export const createPhotoFace = (face: GuestFace, clock: Clock): PhotoFace => new PassFace(face, clock);

interface KnownPass {
  readonly pass: Promise<HttpOutcome<{ readonly pass: string; readonly seconds: number }>>;
  /** When it is asked for anew. */
  until: number;
}

/** A pass this close to its end is not used any more. */
const renewAheadMs = 60_000;

class PassFace implements PhotoFace {
  readonly #face: GuestFace;
  readonly #clock: Clock;
  readonly #passes = new Map<CollectionId, KnownPass>();

  constructor(face: GuestFace, clock: Clock) {
    this.#face = face;
    this.#clock = clock;
  }

  async attempt<Value>(collection: CollectionId, request: FaceRequest, readAnswer: ReadAnswer<Value>): Promise<HttpOutcome<Value>> {
    const secret = await this.#face.deviceSecret();
    if (secret === undefined) return this.#face.attempt(request, readAnswer);
    const known = this.#passes.get(collection);
    const outcome = await this.#byPass({ collection, secret }, request, readAnswer);
    const isOver = !outcome.ok && outcome.failure.status === 401 && known !== undefined && known === this.#passes.get(collection);
    if (!isOver) return outcome;
    // It may have ended early: the relay has another key, or this device's clock has jumped.
    this.#passes.delete(collection);
    return this.#byPass({ collection, secret }, request, readAnswer);
  }

  async #byPass<Value>(
    guest: { readonly collection: CollectionId; readonly secret: Uint8Array },
    request: FaceRequest,
    readAnswer: ReadAnswer<Value>,
  ): Promise<HttpOutcome<Value>> {
    const given = await this.#pass(guest);
    return given.ok ? this.#face.attemptAs(given.value.pass, request, readAnswer) : given;
  }

  /** Whoever asks meanwhile waits for the same one. */
  #pass({ collection, secret }: { readonly collection: CollectionId; readonly secret: Uint8Array }): KnownPass['pass'] {
    const known = this.#passes.get(collection);
    if (known !== undefined && known.until > this.#clock.now()) return known.pass;
    const path = `/collections/${collection}/photos/pass`;
    const request = { method: 'POST', path, body: { secret: bytesToBase64url(secret) } } as const;
    const asked: KnownPass = { pass: this.#face.attemptAs(null, request, bySchema(photoPassAnswer)), until: Infinity };
    this.#passes.set(collection, asked);
    void asked.pass.then((given) => {
      if (given.ok) asked.until = this.#clock.now() + given.value.seconds * 1000 - renewAheadMs;
      else this.#passes.delete(collection);
    });
    return asked.pass;
  }
}
