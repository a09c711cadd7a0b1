import type { Detector, PictureType } from '@cacaw/detectors';
import type { BlobHash, Clock, CollectionId } from '@cacaw/protocol';
import { promptVersionOf, type DetectionHints } from '@cacaw/protocol/detection';
import { detectAnswer, detectPath, type DetectBody } from '@cacaw/protocol/http';
import { bySchema } from '../by-schema.ts';
import type { PhotoAnswer } from '../photos/photo-calls.ts';
import type { RelayFace } from '../relay-face.ts';
import type { DetectionBy } from './detection-calls.ts';
import type { Detectors } from './detectors.ts';
import { outcomeOfError, outcomeOfFailure, outcomeOfMissed, type Outcome } from './outcome.ts';

/** What asking about a photo needs. */
export interface AskerPorts {
  /** Undefined while nothing leaves this device. */
  readonly face?: Pick<RelayFace, 'attempt'> | undefined;
  readonly detectors: Detectors;
  readonly clock: Clock;
  /** The photo's bytes, from the device or else from the relay. */
  readonly photo: (collection: CollectionId, hash: BlobHash) => Promise<PhotoAnswer>;
  readonly onError: (error: unknown) => void;
}

/** One photo and what to ask about it. */
export interface Question {
  readonly collection: CollectionId;
  readonly hash: BlobHash;
  readonly mediaType: string;
  readonly by: DetectionBy;
  /** The person's own, where `by` says so. */
  readonly key: string | null;
  readonly hints: DetectionHints;
  /** Asks the relay only for what it knows, which costs nothing. */
  readonly onlyKnown: boolean;
  /** Names the wish to the relay, which answers it once. */
  readonly seal?: string | undefined;
}

/** Asks about photos; nothing of it rejects, and whoever aborts is not waited for. */
export interface Asker {
  ask(question: Question, signal: AbortSignal): Promise<Outcome>;
}

/** Asks the relay about photos by their hashes, and detectors of this device by their bytes. */
export const createAsker = (ports: AskerPorts): Asker => new PhotoAsker(ports);

const pictureTypes: readonly string[] = ['image/jpeg', 'image/png', 'image/webp'] satisfies readonly PictureType[];

class PhotoAsker implements Asker {
  readonly #ports: AskerPorts;
  /** By whom, and by which key. */
  readonly #detectors = new Map<string, Promise<Detector>>();

  constructor(ports: AskerPorts) {
    this.#ports = ports;
  }

  ask(question: Question, signal: AbortSignal): Promise<Outcome> {
    return question.by === 'relay' ? this.#askRelay(question, signal) : this.#askDetector(question, signal);
  }

  async #askRelay({ collection, hash, hints, onlyKnown, seal }: Question, signal: AbortSignal): Promise<Outcome> {
    const { face, clock } = this.#ports;
    const body: DetectBody = {
      ...hints,
      photo: hash,
      collection,
      ...(onlyKnown ? { onlyKnown } : {}),
      ...(seal === undefined ? {} : { seal }),
    };
    const path = detectPath.slice('/api'.length);
    const outcome = await face?.attempt({ method: 'POST', path, body, signal }, bySchema(detectAnswer));
    if (outcome === undefined) return { kind: 'wait', reason: 'off' };
    if (!outcome.ok) return outcomeOfFailure(outcome.failure);
    const notRead = outcomeOfMissed(outcome.value);
    if (notRead !== undefined) return notRead;
    const { items, source, model, promptVersion, isCached, budget, missed } = outcome.value;
    const answer = { items, source, model, promptVersion, isCached, budget, isLesser: missed !== null, at: clock.now() };
    return { kind: 'answered', answer };
  }

  async #askDetector(question: Question, signal: AbortSignal): Promise<Outcome> {
    const { collection, hash, mediaType, by, hints } = question;
    const { clock, photo, onError } = this.#ports;
    const found = await photo(collection, hash);
    if (found.state === 'lost') return { kind: 'failed', code: 'photo-lost', mayPass: false };
    if (found.state !== 'here') return { kind: 'later', reason: 'offline' };
    const type = pictureTypes.includes(found.blob.type) ? found.blob.type : mediaType;
    if (!pictureTypes.includes(type)) return { kind: 'failed', code: 'picture-refused', mayPass: false };
    const detector = await this.#detector(question);
    if (detector === undefined) return { kind: 'failed', code: 'reader-unavailable', mayPass: true };
    try {
      const picture = { bytes: new Uint8Array(await found.blob.arrayBuffer()), mediaType: type as PictureType };
      const { items, model } = await detector.detect(picture, hints, signal);
      const said = { items, source: detector.source, model, promptVersion: promptVersionOf(hints) };
      return { kind: 'answered', answer: { ...said, isCached: false, budget: null, isLesser: false, at: clock.now() } };
    } catch (error) {
      const outcome = outcomeOfError(error, by);
      if (outcome.kind === 'failed' && outcome.code === 'internal') onError(error);
      return outcome;
    }
  }

  /** Undefined when its parts could not be fetched; the next photo asks for them again. */
  async #detector({ by, key }: Question): Promise<Detector | undefined> {
    const name = by === 'own-key' ? `own-key ${key ?? ''}` : by;
    const opening = this.#detectors.get(name) ?? this.#open(by, key);
    if (opening === undefined) return undefined;
    this.#detectors.set(name, opening);
    try {
      return await opening;
    } catch (error) {
      this.#detectors.delete(name);
      this.#ports.onError(error);
      return undefined;
    }
  }

  #open(by: DetectionBy, key: string | null): Promise<Detector> | undefined {
    const { ownKey, onDevice } = this.#ports.detectors;
    if (by === 'device') return onDevice?.();
    return key === null ? undefined : ownKey?.(key);
  }
}
