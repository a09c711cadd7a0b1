import type { Photo, PhotoChange } from '@cacaw/core';
import type { BlobHash, PhotoView } from '@cacaw/protocol';
import { createContext } from 'svelte';
import type { ItemDetail } from '../detail/item-detail.svelte.ts';
import { addPhotos } from './add-photos.ts';
import { thumbnailOf } from './making/photo-maker.ts';
import { turnedOnce, wholePicture } from './making/view-geometry.ts';
import { photosText } from './photo-words.ts';
import { fullPicture } from './live-picture.svelte.ts';

/** A picked file that is on screen already and not kept yet. */
export interface Arriving {
  readonly file: File;
  readonly address: string;
}

/** The photos of the item on screen: which one is looked at, those that are just being kept, and what can be done with them. */
export class ItemPhotos {
  readonly detail: ItemDetail;
  #chosen = $state<BlobHash | undefined>();
  #arriving = $state.raw<readonly Arriving[]>([]);
  /** Read out when photos change places: what moved is not said by the picture. */
  #told = $state('');
  #turning: Promise<void> = Promise.resolve();

  /** Must be called while a component is set up. */
  constructor(detail: ItemDetail) {
    this.detail = detail;
    $effect(() => () => {
      for (const { address } of this.#arriving) URL.revokeObjectURL(address);
    });
  }

  get list(): readonly Photo[] {
    return this.detail.row?.photos ?? [];
  }

  get arriving(): readonly Arriving[] {
    return this.#arriving;
  }

  get told(): string {
    return this.#told;
  }

  /** The photo shown large: the one chosen, else the cover. */
  get shown(): Photo | undefined {
    return this.list.find(({ hash }) => hash === this.#chosen) ?? this.list[0];
  }

  get at(): number {
    return this.list.findIndex(({ hash }) => hash === this.shown?.hash);
  }

  choose(hash: BlobHash | undefined): void {
    this.#chosen = hash;
  }

  /** The photo so many places further, round the ends. */
  step(by: number): void {
    const { length } = this.list;
    if (length > 0) this.choose(this.list[(this.at + by + length) % length]?.hash);
  }

  /** Shows the files at once and keeps them one after the other. */
  async add(files: readonly File[]): Promise<void> {
    const { open, id } = this.detail;
    const fresh = files.map((file) => ({ file, address: URL.createObjectURL(file) }));
    this.#arriving = [...this.#arriving, ...fresh];
    await addPhotos(open, id, files, (file) => {
      for (const { address } of this.#arriving.filter((one) => one.file === file)) URL.revokeObjectURL(address);
      this.#arriving = this.#arriving.filter((one) => one.file !== file);
    });
  }

  async remove(photo: Photo): Promise<void> {
    const { open, id } = this.detail;
    const next = this.list[this.at + 1] ?? this.list[this.at - 1];
    const done = await open.app.attemptUndoable(
      { type: 'removePhotos', collection: open.id, item: id, photos: [photo.hash] },
      'Remove photo',
      'Photo removed',
    );
    if (done && this.shown?.hash === photo.hash) this.choose(next?.hash);
  }

  /** Puts a photo to this place among the others. */
  async moveTo(photo: Photo, place: number): Promise<void> {
    const others = this.list.filter(({ hash }) => hash !== photo.hash);
    const at = Math.max(0, Math.min(others.length, place));
    this.choose(photo.hash);
    await this.detail.attempt(this.detail.run({ type: 'movePhoto', photo: photo.hash, after: others[at - 1]?.hash ?? null }));
    this.#told = at === 0 ? 'This photo is the cover now.' : `Photo ${at + 1} of ${photosText(this.list.length)} now.`;
  }

  edit(photo: Photo, change: PhotoChange): Promise<unknown> {
    return this.detail.run({ type: 'editPhoto', photo: photo.hash, change });
  }

  /** One quarter further with each call: the next begins at what the one before has kept, not at what is on screen yet. */
  turn({ hash }: Photo): Promise<void> {
    const { id } = this.detail;
    const turnKept = async (): Promise<void> => {
      const [row] = await this.detail.open.app.cacaw.rows([id]);
      const kept = row?.photos.find((photo) => photo.hash === hash);
      if (kept && id === this.detail.id) await this.look(kept, turnedOnce(kept, kept.view ?? wholePicture));
    };
    this.#turning = this.#turning.then(() => this.detail.attempt(turnKept()));
    return this.#turning;
  }

  /** Shows a photo by another view; its thumbnail is made here where the picture is, and by the server where it is not. */
  async look(photo: Photo, view: PhotoView): Promise<void> {
    const { open } = this.detail;
    const full = await fullPicture(open, photo.hash);
    const thumbnail = full && (await thumbnailOf(full, view).catch(() => undefined));
    await this.detail.attempt(this.edit(photo, { view, ...(thumbnail && { thumbnail }) }));
  }
}

/** The photos of the item on screen, set by their section. */
export const [getItemPhotos, setItemPhotos] = createContext<ItemPhotos>();
