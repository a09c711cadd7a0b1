import type { ListQuery, ReviewLine } from '@cacaw/client';
import type { ItemRow } from '@cacaw/core';
import type { BlobHash, CollectionId, ItemId } from '@cacaw/protocol';
import { valuesOf } from './review-lines.ts';
import { alikeFrom, nameParts, similarity, type NameParts } from './similarity.ts';

/** What of the engine is asked for what is in a collection already. */
export interface KnownCalls {
  list(
    query: ListQuery,
    listener: (change: { readonly ids?: readonly ItemId[] | undefined; readonly complete: boolean }) => void,
  ): () => void;
  rows(ids: readonly ItemId[]): Promise<readonly ItemRow[]>;
  search(text: string, limit: number): Promise<readonly { readonly collection: CollectionId; readonly row: ItemRow }[]>;
}

/** An item that may be the same thing. */
export interface Duplicate {
  readonly row: ItemRow;
  /** A like name alone proves little; of the very same photo it is most likely the thing itself. */
  readonly why: 'barcode' | 'photo' | 'name';
}

/** Beyond these, older items are only found by the words and codes that were proposed. */
const newest = 5_000;
const atOnce = 500;
const hitsEach = 10;

/** Items of a collection that proposals are compared with. */
export class KnownItems {
  readonly #rows: readonly ItemRow[];
  readonly #names: readonly NameParts[];
  readonly #byRun = new Map<string, number[]>();
  readonly #byBarcode = new Map<string, ItemRow>();
  /** A line that was not written over since is not compared again with every letter that is typed into another. */
  readonly #compared = new WeakMap<ReviewLine, Duplicate | null>();

  /** `except` is the item that is looked at itself. */
  constructor(rows: readonly ItemRow[], except: ItemId) {
    this.#rows = rows.filter(({ id, trashedAt, mergedInto }) => id !== except && trashedAt === null && mergedInto === null);
    this.#names = this.#rows.map(({ name }) => nameParts(name));
    for (const [at, { runs }] of this.#names.entries()) for (const run of runs) this.#put(run, at);
    for (const row of this.#rows) for (const code of row.barcodes) this.#byBarcode.set(code, row);
  }

  /** The likeliest item that is the same thing as a proposal: of the same barcode, else of a name like it. */
  duplicateOf(line: ReviewLine): Duplicate | undefined {
    const known = this.#compared.get(line);
    if (known !== undefined) return known ?? undefined;
    const found = this.#compare(line);
    this.#compared.set(line, found ?? null);
    return found;
  }

  #compare(line: ReviewLine): Duplicate | undefined {
    const { name, series, barcodes } = valuesOf(line);
    for (const code of barcodes) {
      const row = this.#byBarcode.get(code);
      if (row) return { row, why: 'barcode' };
    }
    const row = this.#alike(nameParts(name), nameParts(series));
    return row && { row, why: isOfPhoto(row, line.photo) ? 'photo' : 'name' };
  }

  /** Items that have this photo, or were made of it. */
  ofPhoto(photo: BlobHash): readonly ItemRow[] {
    return this.#rows.filter((row) => isOfPhoto(row, photo));
  }

  #put(run: string, at: number): void {
    const known = this.#byRun.get(run);
    if (known) known.push(at);
    else this.#byRun.set(run, [at]);
  }

  #alike(name: NameParts, series: NameParts): ItemRow | undefined {
    const candidates = new Set([...name.runs].flatMap((run) => this.#byRun.get(run) ?? []));
    let [best, most] = [-1, 0];
    for (const at of candidates) {
      const likeness = this.#likeness(at, name);
      const row = this.#rows[at];
      if (likeness > most && row && isOfSeries(row, series)) [best, most] = [at, likeness];
    }
    return most >= alikeFrom ? this.#rows[best] : undefined;
  }

  #likeness(at: number, name: NameParts): number {
    const parts = this.#names[at];
    return parts === undefined ? 0 : similarity(name, parts);
  }
}

const isOfPhoto = ({ detected, photos }: ItemRow, photo: BlobHash): boolean =>
  detected?.photo === photo || photos.some(({ hash }) => hash === photo);

/** The same name in another series is another thing; where one says no series, nothing speaks against it. */
function isOfSeries(row: ItemRow, series: NameParts): boolean {
  const own = nameParts(row.series);
  return series.runs.size === 0 || own.runs.size === 0 || similarity(series, own) >= 0.4;
}

/** Reads the newest items of a collection, and those that search finds by a proposed name or barcode. */
export async function readKnownItems(
  cacaw: KnownCalls,
  collection: CollectionId,
  { item, lines }: { readonly item: ItemId; readonly lines: readonly ReviewLine[] },
): Promise<KnownItems> {
  const ids = (await idsOf(cacaw, { collection, sort: 'createdAt', descending: true })).slice(0, newest);
  const rows: ItemRow[] = [];
  for (let at = 0; at < ids.length; at += atOnce) rows.push(...(await cacaw.rows(ids.slice(at, at + atOnce))));
  const asked = new Set(lines.flatMap((line) => [valuesOf(line).name, ...valuesOf(line).barcodes]).filter((text) => text.trim() !== ''));
  const hits = await Promise.all([...asked].map((text) => cacaw.search(text, hitsEach)));
  const found = hits.flat().filter((hit) => hit.collection === collection);
  return new KnownItems([...new Map([...rows, ...found.map(({ row }) => row)].map((row) => [row.id, row])).values()], item);
}

function idsOf(cacaw: KnownCalls, query: ListQuery): Promise<readonly ItemId[]> {
  return new Promise((done) => {
    let ids: readonly ItemId[] = [];
    const stop = cacaw.list(query, (change) => {
      ids = change.ids ?? ids;
      if (!change.complete) return;
      done(ids);
      queueMicrotask(() => stop());
    });
  });
}
