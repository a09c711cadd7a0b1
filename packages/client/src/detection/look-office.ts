import { rowOf, takeLook, type Device, type LookKey } from '@cacaw/core/device';
import type { AccountId, BlobHash, Clock, CollectionId, ItemId, Random } from '@cacaw/protocol';
import { correctionsOf, type DetectionHints } from '@cacaw/protocol/detection';
import { detectionBudgetAnswer, detectPath, type DetectionBudgetAnswer } from '@cacaw/protocol/http';
import { bySchema } from '../by-schema.ts';
import type { Network } from '../network.ts';
import type { PhotoAnswer } from '../photos/photo-calls.ts';
import type { RelayFace } from '../relay-face.ts';
import { createAsker } from './asker.ts';
import type { DetectionBy, Look, LookAgain, Review } from './detection-calls.ts';
import type { Detectors } from './detectors.ts';
import { LessonSender } from './lesson-sender.ts';
import { latestLessons, lessonsOf, putLessons } from './lessons.ts';
import type { LookFacts } from './look-facts.ts';
import { LookQueue } from './look-queue.ts';
import { dropReview, type LookRecord } from './records.ts';
import { plainLine } from './plain-line.ts';
import { keepReview, readReview } from './review.ts';
import { tidyLooks } from './tidy-looks.ts';

/** What the looks of a term work with. */
export interface LookOfficePorts {
  readonly device: Device;
  readonly account: AccountId | null;
  readonly lookKey?: LookKey | undefined;
  /** Undefined while nothing leaves this device. */
  readonly face?: Pick<RelayFace, 'attempt'> | undefined;
  readonly detectors: Detectors;
  /** BCP 47: what names and descriptions are written in. */
  readonly language?: string | undefined;
  readonly photo: (collection: CollectionId, hash: BlobHash) => Promise<PhotoAnswer>;
  readonly network: Network;
  readonly clock: Clock;
  readonly random: Random;
  readonly onReport: (collection: CollectionId, looks: readonly Look[]) => void;
  readonly onError: (error: unknown) => void;
}

/** What only the leading tab does about photos that are to become items. */
export interface LookOffice extends AsyncDisposable {
  /** Something that was in the way may be gone. */
  wake(): void;
  settingsChanged(): Promise<void>;
  reviewKept(): Promise<void>;
  lookAgain(collection: CollectionId, item: ItemId, how: LookAgain): Promise<void>;
  endReview(collection: CollectionId, item: ItemId, decided: Review | undefined): Promise<void>;
  budget(): Promise<DetectionBudgetAnswer | null>;
}

/** Opens the looks of a term: what waits is looked at from now on. */
export async function openLookOffice(ports: LookOfficePorts): Promise<LookOffice> {
  await tidyLooks(ports.device, ports.clock.now());
  return new TermLookOffice(ports);
}

class TermLookOffice implements LookOffice {
  readonly #ports: LookOfficePorts;
  readonly #queue: LookQueue;
  readonly #lessons: LessonSender;

  constructor(ports: LookOfficePorts) {
    const { device, face, account } = ports;
    this.#ports = ports;
    this.#queue = new LookQueue({
      ...ports,
      store: device.store,
      asker: createAsker(ports),
      hasRelay: face !== undefined,
      account,
      hintsOf: (look, by) => this.#hintsOf(look, by),
    });
    this.#lessons = new LessonSender({ ...ports, store: device.store });
  }

  wake(): void {
    this.#queue.wake();
    this.#lessons.wake();
  }

  settingsChanged(): Promise<void> {
    return this.#queue.chooseAgain();
  }

  async reviewKept(): Promise<void> {
    this.#queue.refresh();
  }

  async lookAgain(collection: CollectionId, item: ItemId, { prompt, by }: LookAgain): Promise<void> {
    const name = { collection, item };
    const { device } = this.#ports;
    const row = await device.store.read(['items', 'chunks'], (tx) => rowOf(tx, item));
    const look = row?.look ?? null;
    if (prompt !== undefined && look !== null && look.prompt !== prompt) {
      // Whatever comes of asking, what was proposed before it stays until there is something as good.
      const review = await readReview(device.store, name);
      if (review !== null) await keepReview(device.store, { collection, review, clock: this.#ports.clock });
      await device.run({ type: 'editItem', collection, item, change: { look: { ...look, prompt } } });
    }
    await device.write((tx) => takeLook(tx, collection, item));
    await this.#queue.change(name, (record) => ({
      ...record,
      ...(by === undefined ? {} : { by }),
      photos: toAskAgain(record),
    }));
  }

  async endReview(collection: CollectionId, item: ItemId, decided: Review | undefined): Promise<void> {
    const nowMs = this.#ports.clock.now();
    await this.#ports.device.write(async (tx) => {
      const home = await tx.get('collections', collection);
      dropReview(tx, { collection, item });
      if (decided !== undefined && home?.learns === true)
        await putLessons(tx, collection, lessonsOf({ ...decided, item }, { collectionType: home.type, nowMs }));
    });
    this.#queue.refresh();
    this.#lessons.wake();
  }

  async budget(): Promise<DetectionBudgetAnswer | null> {
    const { face, account } = this.#ports;
    if (face === undefined || account === null) return null;
    const path = `${detectPath.slice('/api'.length)}/budget`;
    const outcome = await face.attempt({ method: 'GET', path }, bySchema(detectionBudgetAnswer));
    return outcome.ok ? outcome.value : null;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#queue.close(), this.#lessons.close()]);
  }

  /** The relay adds corrections by itself, and nothing that only reads has a use for them. */
  async #hintsOf({ collection, row, home }: LookFacts, by: DetectionBy): Promise<DetectionHints> {
    const { device, language } = this.#ports;
    const lessons = by === 'own-key' && home.learns === true ? await latestLessons(device.store, collection, mostExamples) : [];
    const corrections = correctionsOf(lessons);
    const prompt = plainLine(row.look.prompt);
    return {
      collectionType: plainLine(home.type),
      ...(prompt === '' ? {} : { prompt }),
      ...(language === undefined || !/^[A-Za-z0-9-]{2,35}$/.test(language) ? {} : { language }),
      ...(home.currency === '' ? {} : { currency: home.currency }),
      ...(corrections.length === 0 ? {} : { corrections }),
    };
  }
}

/** Of so many of the latest lessons corrections are made. */
const mostExamples = 50;

/** What has an answer is not asked again, unless a lesser one than was asked for, which stands until there is a better. */
const toAskAgain = ({ photos }: LookRecord): LookRecord['photos'] =>
  Object.fromEntries(
    Object.entries(photos).flatMap(([hash, photo]) =>
      photo.answer === undefined ? [] : [[hash, photo.answer.isLesser ? { ...photo, isDoubted: true } : photo]],
    ),
  );
