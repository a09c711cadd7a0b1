import { createHash } from 'node:crypto';
import { setImmediate as breath } from 'node:timers/promises';
import { randomBase62, type AccountId, type CollectionId, type MemberId, type Random } from '@cacaw/protocol';
import type { AskBlobsAnswer, AskBlobsBody, BlobRefusal, BlobState } from '@cacaw/protocol/http';
import type { Observer } from '../observer.ts';
import type { Audit } from '../ports/audit.ts';
import type { BlobName, BlobStore } from '../ports/blob-store.ts';
import type { BeginOutcome, BlobId, Blobs, HeldUpload, PieceStart, StoredBlob, Variant } from '../ports/blobs.ts';
import type { PictureMaker } from '../ports/picture-maker.ts';
import type { Scanner } from '../ports/scanner.ts';
import { createShares } from '../shares.ts';
import { pieceName, variantName } from './names.ts';
import { readSound } from './sound.ts';
import { isAnimated, sniff, type PictureFormat } from './sniff.ts';

/** The steps, each behind a port. */
export interface PipelineOptions {
  readonly blobs: Blobs;
  /** Seals what it keeps. */
  readonly store: Pick<BlobStore, 'put' | 'get' | 'delete'>;
  readonly scanner: Scanner;
  readonly pictures: PictureMaker;
  readonly random: Random;
  readonly audit: Audit;
  readonly accountOf: (collection: CollectionId, member: MemberId) => Promise<AccountId | undefined>;
  readonly observer: Observer;
}

/** What came of a piece: how much is there, or where to go on. */
export type PieceOutcome = { readonly isTaken: boolean; readonly received: number; readonly total: number };

/** How blobs get in. Rules V1-V9. */
export interface Pipeline {
  ask(collection: CollectionId, body: AskBlobsBody): Promise<AskBlobsAnswer>;
  /** Decides about a piece before its bytes are read. */
  begin(blob: BlobId, piece: PieceStart): Promise<BeginOutcome>;
  receive(blob: BlobId, from: number, bytes: Uint8Array): Promise<PieceOutcome>;
  /** Takes an upload that is all there to its end, or to where it has to wait. `full`: what came of it is larger than the room. */
  finish(blob: BlobId): Promise<BlobState | 'full'>;
  /** Finishes what waits and nobody works on; says how many it looked at. */
  finishChecking(limit?: number): Promise<number>;
}

/** The steps in their order; the row last, so that a relay that dies anywhere leaves what asking again repairs. */
export const createPipeline = (options: PipelineOptions): Pipeline => new Steps(options);

/** Longer than the slowest scan, queue and picture together; a relay that died is given up after it. */
const holdMs = 300_000;
const unfinishedAtOnce = 50;
/** Uploads held whole in memory, 25 MiB each at most, and how many of one account; the rest wait in the store. */
const finishedTogether = { most: 8, mostEach: 4 };

interface Kept {
  readonly mediaType: string;
  readonly variants: readonly (readonly [Variant, Uint8Array])[];
}

/** An upload that is held, with who sent it and the name their share is counted under. */
interface Upload extends HeldUpload {
  readonly sender: AccountId | undefined;
  readonly whose: string;
}

/** What an upload became: variants to keep, a refusal for ever, or a wait. */
type Verdict =
  | Kept
  | { readonly refused: BlobRefusal }
  | { readonly waits: 'scanner' | 'busy'; readonly isClean: boolean }
  /** A piece is not in the store any more: it has to be sent again. */
  | 'lost';

class Steps implements Pipeline {
  readonly #options: PipelineOptions;
  /** Asked again by the way: one at a time, so that a question of a hundred blobs starts no crowd. */
  #behind: Promise<void> = Promise.resolve();
  readonly #isBehind = new Set<string>();
  readonly #atWork = createShares(finishedTogether);

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  async ask(collection: CollectionId, { blobs: asked }: AskBlobsBody): Promise<AskBlobsAnswer> {
    const { blobs } = this.#options;
    const [found, room] = await Promise.all([blobs.states(collection, asked), blobs.room(collection)]);
    return {
      room,
      blobs: asked.map(({ hash, bytes, use }, at) => {
        const state: BlobState = found[at] ?? { state: 'missing' };
        if (state.state === 'checking') this.#finishByTheWay({ collection, hash, use });
        return { hash, ...(bytes === 0 ? ({ state: 'refused', code: 'empty' } as const) : state) };
      }),
    };
  }

  async begin(blob: BlobId, piece: PieceStart): Promise<BeginOutcome> {
    const { blobs } = this.#options;
    const outcome = await this.#begin(blob, piece);
    if (outcome.kind !== 'full') return outcome;
    // Room that was reserved and never used comes back at the latest when somebody needs it.
    const { ended, pieces } = await blobs.sweep();
    await this.#delete(pieces);
    return ended === 0 ? outcome : this.#begin(blob, piece);
  }

  /** Nobody is charged any more for what is dropped: it must not stay. */
  async #begin(blob: BlobId, piece: PieceStart): Promise<BeginOutcome> {
    const outcome = await this.#options.blobs.begin(blob, piece);
    if ('dropped' in outcome) await this.#delete(outcome.dropped);
    return outcome;
  }

  async receive(blob: BlobId, from: number, bytes: Uint8Array): Promise<PieceOutcome> {
    const { blobs, store, random } = this.#options;
    const name = pieceName(blob, from, randomBase62(random, 10));
    await store.put(name, bytes);
    const outcome = await blobs.advance(blob, { from, to: from + bytes.length, name });
    if (!outcome.isTaken) await store.delete(name);
    return outcome;
  }

  async finish(blob: BlobId): Promise<BlobState | 'full'> {
    const { blobs, accountOf } = this.#options;
    const held = await blobs.hold(blob, holdMs);
    if (held === undefined) return (await blobs.states(blob.collection, [blob]))[0] ?? { state: 'missing' };
    try {
      const sender = await accountOf(blob.collection, held.member);
      return await this.#finish(blob, { ...held, sender, whose: sender ?? `${blob.collection}/${held.member}` });
    } catch (error) {
      await blobs.release(blob, 'busy', held.isClean);
      throw error;
    }
  }

  async #finish(blob: BlobId, upload: Upload): Promise<BlobState | 'full'> {
    const leave = this.#atWork.take(upload.whose);
    if (leave === undefined) return this.#conclude(blob, upload, { waits: 'busy', isClean: upload.isClean });
    try {
      return await this.#conclude(blob, upload, await this.#judge(blob, upload));
    } finally {
      leave();
    }
  }

  async finishChecking(limit: number = unfinishedAtOnce): Promise<number> {
    const waiting = await this.#options.blobs.unfinished(limit);
    // One that fails keeps no other waiting; it has moved to the end.
    for (const blob of waiting) await this.finish(blob).catch((error: unknown) => this.#failed(blob, error));
    return waiting.length;
  }

  #finishByTheWay(blob: BlobId): void {
    const name = `${blob.collection}/${blob.hash}/${blob.use}`;
    if (this.#isBehind.has(name)) return;
    this.#isBehind.add(name);
    this.#behind = this.#behind
      .then(() => this.finish(blob))
      .then(() => undefined)
      .catch((error: unknown) => this.#failed(blob, error))
      .finally(() => this.#isBehind.delete(name));
  }

  #failed({ collection }: BlobId, error: unknown): void {
    this.#options.observer.fault('a photo could not be finished', { collection, error });
  }

  async #judge(blob: BlobId, upload: Upload): Promise<Verdict> {
    const bytes = await this.#gather(upload);
    if (bytes === undefined) return 'lost';
    if ((await hashOf(bytes)) !== blob.hash) return { refused: 'wrong-hash' };
    if (!upload.isClean) {
      const scan = await this.#options.scanner.scan(bytes);
      if (scan.verdict === 'infected') return this.#infected(blob, upload, scan.signature);
      if (scan.verdict === 'unscanned') {
        this.#options.observer.note('a photo waits for the scanner', { why: scan.why });
        return { waits: 'scanner', isClean: false };
      }
    }
    return this.#keep(blob, bytes, upload.whose);
  }

  #infected({ collection, hash }: BlobId, { sender }: Upload, signature: string): Verdict {
    this.#options.audit.note({ kind: 'photo-refused', account: sender, collection, details: { code: 'infected', hash, signature } });
    return { refused: 'infected' };
  }

  /** Pictures are made anew, in files too; what cannot be is a file only. */
  async #keep({ use }: BlobId, bytes: Uint8Array, whose: string): Promise<Verdict> {
    const format = sniff(bytes);
    if (format === 'pdf' || format === 'text') {
      if (use === 'photo') return { refused: 'not-a-picture' };
      return { mediaType: format === 'pdf' ? 'application/pdf' : 'text/plain; charset=utf-8', variants: [['file', bytes]] };
    }
    if (format === undefined) return { refused: use === 'photo' ? 'not-a-picture' : 'file-type' };
    if (isAnimated(bytes, format)) return { refused: 'animated' };
    return this.#picture(use, bytes, { format, whose });
  }

  async #picture(
    use: BlobId['use'],
    bytes: Uint8Array,
    { format, whose }: { readonly format: PictureFormat; readonly whose: string },
  ): Promise<Verdict> {
    const outcome = await this.#options.pictures.make(bytes, format, whose);
    if ('busy' in outcome) return { waits: 'busy', isClean: true };
    if ('refused' in outcome) return outcome;
    const { full, ...thumbnails } = outcome.made;
    return {
      mediaType: 'image/webp',
      variants:
        use === 'file'
          ? [['file', full]]
          : [
              ['full', full],
              ['300', thumbnails['300']],
              ['150', thumbnails['150']],
            ],
    };
  }

  async #conclude(blob: BlobId, held: HeldUpload, verdict: Verdict): Promise<BlobState | 'full'> {
    const { blobs, store } = this.#options;
    if (verdict === 'lost') return this.#forget(blob, held);
    if ('waits' in verdict) {
      await blobs.release(blob, verdict.waits, verdict.isClean);
      return { state: 'checking', why: verdict.waits };
    }
    if ('refused' in verdict) {
      // Other bytes than their name says tell nothing of the bytes of that name.
      if (verdict.refused === 'wrong-hash') await blobs.forget(blob);
      else await blobs.refuse(blob, verdict.refused);
      await this.#delete(held.pieces);
      return { state: 'refused', code: verdict.refused };
    }
    await Promise.all(verdict.variants.map(([variant, bytes]) => store.put(variantName(blob, variant), bytes)));
    const outcome = await blobs.settle(blob, rowOf(verdict));
    if (outcome !== 'stored') await this.#delete(verdict.variants.map(([variant]) => variantName(blob, variant)));
    // Last: until then nobody else can store what was just deleted.
    if (outcome === 'full') await blobs.forget(blob);
    await this.#delete(held.pieces);
    if (outcome === 'gone') return { state: 'missing' };
    return outcome === 'full' ? outcome : { state: 'stored' };
  }

  async #forget(blob: BlobId, { pieces }: HeldUpload): Promise<BlobState> {
    await this.#options.blobs.forget(blob);
    await this.#delete(pieces);
    return { state: 'missing' };
  }

  /** Undefined when a piece is not there: it is sent again from the beginning. */
  async #gather({ pieces, total }: HeldUpload): Promise<Uint8Array | undefined> {
    const bytes = new Uint8Array(total);
    let at = 0;
    for (const name of pieces) {
      const piece = await readSound(this.#options.store, name);
      if (piece === undefined || at + piece.length > total) return undefined;
      bytes.set(piece, at);
      at += piece.length;
    }
    return at === total ? bytes : undefined;
  }

  async #delete(names: readonly BlobName[]): Promise<void> {
    await Promise.all(names.map((name) => this.#options.store.delete(name)));
  }
}

const rowOf = ({ mediaType, variants }: Kept): Omit<StoredBlob, 'views'> => ({
  mediaType,
  variants: Object.fromEntries(
    variants.map(([name, bytes]) => [name, { bytes: bytes.length, hash: createHash('sha256').update(bytes).digest('hex') }]),
  ),
});

const hashedAtOnce = 1024 * 1024;

async function hashOf(bytes: Uint8Array): Promise<string> {
  const hash = createHash('sha256');
  for (let at = 0; at < bytes.length; at += hashedAtOnce) {
    hash.update(bytes.subarray(at, at + hashedAtOnce));
    // Whoever edits meanwhile waits for a millisecond, not for a file.
    await breath();
  }
  return hash.digest('hex');
}
