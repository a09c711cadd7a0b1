import { goto } from '$app/navigation';
import type { CollectionRow, FolderRow } from '@cacaw/core';
import type { ImportMapping } from '@cacaw/core/transfer';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { readCollection } from '#lib/app/backup.ts';
import { random, type CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { reasonOf } from '#lib/app/failures.ts';
import { likelyCurrency } from '#lib/start/currencies.ts';
import { counted, restoredText } from './import-words.ts';
import type { EndedImport, FromImporter, PreviewSummary, ReadSummary, ToImporter } from './messages.ts';
import type { Restored } from './restore-archive.ts';

export type ImportStage = 'choose' | 'reading' | 'map' | 'previewing' | 'preview' | 'running' | 'restored';

const itemsPerMessage = 500;

/** One import from the file to the toast: what stage it is in and what is known so far. The work is done in a worker. */
export class ImportFlow {
  readonly app: CacawApp;
  #worker: Worker;
  #stage = $state<ImportStage>('choose');
  #error = $state('');
  #file = $state.raw<ReadSummary | undefined>();
  #preview = $state.raw<PreviewSummary | undefined>();
  #progress = $state.raw({ done: 0, total: 0 });
  #restoring = $state(false);
  #restored = $state.raw<Restored | undefined>();
  #ending = new AbortController();
  #folders: readonly FolderRow[] = [];
  #into = $state<CollectionId | ''>('');
  /** What the person may still change: where each column goes, and how the new collection is called. */
  mapping = $state.raw<ImportMapping | undefined>();
  name = $state('');
  updates = $state(true);

  /** Must be called while a component is set up; its worker ends with it. */
  constructor(app: CacawApp, into: CollectionId | '') {
    this.app = app;
    this.#into = into;
    this.#worker = this.#startWorker();
    $effect(() => () => {
      this.#worker.terminate();
      this.#ending.abort();
    });
  }

  get stage(): ImportStage {
    return this.#stage;
  }

  get error(): string {
    return this.#error;
  }

  get file(): ReadSummary | undefined {
    return this.#file;
  }

  get preview(): PreviewSummary | undefined {
    return this.#preview;
  }

  /** What came of a downloaded archive, where not all of it came. */
  get restored(): Restored | undefined {
    return this.#restored;
  }

  /** True while a downloaded archive is brought back. */
  get restoring(): boolean {
    return this.#restoring;
  }

  get progress(): { readonly done: number; readonly total: number } {
    return this.#progress;
  }

  /** The collection to import into, `''` for a new one. */
  get into(): CollectionId | '' {
    return this.#into;
  }

  set into(into: CollectionId | '') {
    this.#into = into;
    this.#preview = undefined;
  }

  get target(): CollectionRow | undefined {
    return this.app.collections?.find((row) => row.id === this.#into);
  }

  async read(file: File): Promise<void> {
    this.#error = '';
    this.#stage = 'reading';
    const { isBackupFile } = await import('./read-backup.ts');
    if (/\.zip$/i.test(file.name) || (await isBackupFile(file))) return this.#restore(file);
    this.name = file.name.replace(/\.[^.]+$/, '').slice(0, 100);
    const currency = this.target?.currency ?? likelyCurrency(navigator.languages);
    this.#post({ type: 'read', file, currency, fields: this.target?.fields ?? [] });
  }

  /** Brings a downloaded archive or a backup back: nothing is mapped, everything is made as it was, in collections of its own. */
  async #restore(file: File): Promise<void> {
    this.#stage = 'running';
    this.#restoring = true;
    this.#progress = { done: 0, total: 0 };
    this.#ending = new AbortController();
    const { signal } = this.#ending;
    try {
      const [{ restoreArchive }, { restoringDevice }] = await Promise.all([
        import('./restore-archive.ts'),
        import('./restoring-device.ts'),
      ]);
      const onProgress = (done: number, total: number): void => void (this.#progress = { done, total });
      await this.#endRestore(await restoreArchive(restoringDevice(this.app), file, { onProgress, signal }));
    } catch (error) {
      this.#fail(reasonOf(error));
    } finally {
      this.#restoring = false;
    }
  }

  /** What did not come is listed; where all came there is nothing to read. */
  async #endRestore(restored: Restored): Promise<void> {
    const { ended, collections, problems } = restored;
    if (ended !== 'done' || problems.length > 0) {
      this.#restored = restored;
      this.#stage = 'restored';
      return;
    }
    this.app.toasts.show(restoredText(restored));
    await goto(collections.length === 1 ? `/c/${collections[0] ?? ''}` : '/collections');
  }

  /** Works out what the import would do, against the collection as it stands. */
  async makePreview(): Promise<void> {
    const { mapping, target } = this;
    if (!mapping) return;
    this.#stage = 'previewing';
    this.#progress = { done: 0, total: this.#file?.rows ?? 0 };
    await this.#sendExisting(target);
    this.#post({ type: 'preview', mapping, folders: this.#folders, fields: target?.fields ?? [] });
  }

  backToMapping(): void {
    this.#stage = this.#file ? 'map' : 'choose';
    this.#error = '';
  }

  startOver(): void {
    this.#worker.terminate();
    this.#worker = this.#startWorker();
    this.#stage = 'choose';
    this.#error = '';
    this.#file = undefined;
    this.#restored = undefined;
  }

  async start(): Promise<void> {
    const total = (this.#preview?.counts.create ?? 0) + (this.updates ? (this.#preview?.counts.update ?? 0) : 0);
    this.#progress = { done: 0, total };
    this.#stage = 'running';
    const collection = this.#into || (await this.#makeCollection());
    if (!collection) return void (this.#stage = 'preview');
    this.#into = collection;
    this.#post({ type: 'run', collection, updates: this.updates });
  }

  cancel(): void {
    if (this.#restoring) this.#ending.abort();
    else this.#post({ type: 'cancel' });
  }

  async #makeCollection(): Promise<CollectionId | ''> {
    const id = newCollectionId(random);
    const currency = this.mapping?.currency ?? likelyCurrency(navigator.languages);
    const draft = { name: this.name.trim() || 'Imported', type: 'household', currency };
    const made = await this.app.attempt({ type: 'createCollection', id, draft }, `Create “${draft.name}”`);
    return made ? id : '';
  }

  async #sendExisting(target: CollectionRow | undefined): Promise<void> {
    const backup = target && (await readCollection(this.app.cacaw, target));
    this.#folders = backup?.folders ?? [];
    const items = backup?.items ?? [];
    for (let at = 0; at === 0 || at < items.length; at += itemsPerMessage) {
      this.#post({ type: 'existing', items: items.slice(at, at + itemsPerMessage), first: at === 0 });
    }
  }

  #startWorker(): Worker {
    const worker = new Worker(new URL('./importer.worker.ts', import.meta.url), { type: 'module', name: 'cacaw-import' });
    worker.addEventListener('message', (event: MessageEvent<FromImporter>) => void this.#take(event.data));
    worker.addEventListener('error', (event) => this.#fail(event.message));
    return worker;
  }

  #post(message: ToImporter): void {
    this.#worker.postMessage($state.snapshot(message));
  }

  #fail(reason: string): void {
    this.#error = reason;
    this.#stage = this.#file ? 'map' : 'choose';
  }

  async #take(message: FromImporter): Promise<void> {
    switch (message.type) {
      case 'read':
        this.#file = message.summary;
        this.mapping = message.summary.mapping;
        this.#stage = 'map';
        return;
      case 'reading':
        this.#progress = { done: message.done, total: message.total };
        return;
      case 'preview':
        this.#preview = message.summary;
        this.#stage = 'preview';
        return;
      case 'progress':
        this.#progress = { done: message.progress.rowsDone, total: message.progress.rowsTotal };
        return;
      case 'command':
        return this.#run(message);
      case 'ended':
        return this.#finish(message.receipt);
      case 'failed':
        return this.#fail(message.reason);
    }
  }

  async #run({ id, command }: Extract<FromImporter, { type: 'command' }>): Promise<void> {
    try {
      this.#post({ type: 'result', id, result: await this.app.cacaw.run(command, id) });
    } catch (error) {
      this.#post({ type: 'refused', id, reason: reasonOf(error) });
    }
  }

  async #finish(receipt: EndedImport): Promise<void> {
    const collection = this.#into;
    if (!collection) return;
    const items = counted(receipt.rowsDone, 'item');
    const done = {
      done: `${items} imported`,
      cancelled: `Import stopped after ${items}`,
      failed: `Import stopped after ${items}. ${receipt.reason}`,
    }[receipt.ended];
    await goto(`/c/${collection}`);
    if (receipt.commands.length > 0) this.app.offerUndo({ collection, commands: receipt.commands, doing: 'the import' }, done);
  }
}
