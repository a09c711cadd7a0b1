import type { Attachment, FileDraft, FileKind } from '@cacaw/core';
import { maxBlobBytes, type BlobHash } from '@cacaw/protocol';
import type { ItemDetail } from '../detail/item-detail.svelte.ts';
import { saveBlob } from '../app/save-file.ts';
import { fullPicture } from './live-picture.svelte.ts';
import { checkedFile } from './making/photo-maker.ts';
import { standingOf } from './photo-standing.ts';
import { problemText, refusalMs, type PhotoStanding } from './photo-words.ts';

/** What the server keeps as it is, by the ending where a browser names no type. */
const mediaTypes: { readonly [ending: string]: string } = { pdf: 'application/pdf', txt: 'text/plain' };

/** The receipts, warranties and other files of the item on screen. */
export class ItemFiles {
  readonly detail: ItemDetail;

  constructor(detail: ItemDetail) {
    this.detail = detail;
  }

  get list(): readonly Attachment[] {
    return this.detail.row?.files ?? [];
  }

  standing(hash: BlobHash): PhotoStanding | undefined {
    return standingOf(this.detail.open, hash);
  }

  async add(files: readonly File[], kind: FileKind): Promise<void> {
    const { open, id: item } = this.detail;
    for (const file of files) {
      const draft = await this.#draftOf(file, kind);
      if (draft) await open.app.attempt({ type: 'addFiles', collection: open.id, item, files: [draft] }, `Add “${file.name}”`);
    }
  }

  async remove({ hash, name }: Attachment): Promise<void> {
    const { open, id: item } = this.detail;
    await open.app.attemptUndoable(
      { type: 'removeFiles', collection: open.id, item, files: [hash] },
      `Remove “${name}”`,
      `“${name}” removed`,
    );
  }

  /** Saves the file: what others gave is never run or shown inside of the app. */
  async open({ hash, name, mediaType }: Attachment): Promise<void> {
    const blob = await fullPicture(this.detail.open, hash, 'file');
    if (blob) saveBlob(name, new Blob([blob], { type: mediaType }));
    else this.detail.open.app.toasts.show(`“${name}” is not on this device. Connect once, then try again.`, { tone: 'error' });
  }

  async #draftOf(file: File, kind: FileKind): Promise<FileDraft | undefined> {
    const { toasts } = this.detail.open.app;
    const mediaType = file.type || mediaTypes[file.name.split('.').at(-1)?.toLowerCase() ?? ''] || '';
    const problem = problemOf(file, mediaType);
    if (problem) {
      toasts.show(`“${file.name}” ${problem}`, { tone: 'error' });
      return undefined;
    }
    try {
      const checked = await checkedFile(file, mediaType);
      if ('hash' in checked)
        return { hash: checked.hash, name: file.name.slice(0, 200), mediaType, kind, blob: file.slice(0, file.size, mediaType) };
      toasts.show(problemText(file.name, checked.unfit), { tone: 'error', lastsMs: refusalMs });
    } catch (error) {
      this.detail.open.app.report(error, `Add “${file.name}”`);
    }
    return undefined;
  }
}

function problemOf({ size }: File, mediaType: string): string {
  if (size === 0) return 'is empty. Choose another copy of it.';
  if (size > maxBlobBytes) return 'is larger than 25 MB. Make it smaller and add it again.';
  if (mediaType === 'application/pdf' || mediaType === 'text/plain' || mediaType.startsWith('image/')) return '';
  return 'is neither PDF, picture nor plain text. Save it as PDF and add that.';
}
