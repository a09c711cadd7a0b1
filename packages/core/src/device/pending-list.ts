import { sameBytes, type CommandId, type Ref, type WriterId } from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { DoneCommand, PendingUpdate } from './store.ts';

/** The pending writes of one collection, as the store holds them. */
export class PendingList {
  readonly #writers = new Map<WriterId, Map<Ref, PendingUpdate>>();
  readonly #done = new Map<CommandId, DoneCommand>();

  constructor(updates: readonly PendingUpdate[] = []) {
    for (const one of updates) this.set(one);
  }

  get isEmpty(): boolean {
    return this.#writers.size === 0;
  }

  /** In the order they were made. */
  all(): readonly PendingUpdate[] {
    return [...this.#writers.values()].flatMap((refs) => [...refs.values()]).sort((a, b) => a.order - b.order);
  }

  get(writer: WriterId, ref: Ref): PendingUpdate | undefined {
    return this.#writers.get(writer)?.get(ref);
  }

  /** Adds, or replaces what has the same writer and ref. */
  set(update: PendingUpdate): void {
    if (update.done !== undefined) this.#done.set(update.command, update.done);
    const refs = this.#writers.get(update.writer);
    if (refs === undefined) this.#writers.set(update.writer, new Map([[update.ref, update]]));
    else refs.set(update.ref, update);
  }

  delete(update: PendingUpdate): void {
    if (update.done !== undefined) this.#done.delete(update.command);
    const refs = this.#writers.get(update.writer);
    refs?.delete(update.ref);
    if (refs?.size === 0) this.#writers.delete(update.writer);
  }

  /** The command of a pending write, once it is done. */
  doneCommand(id: CommandId): DoneCommand | undefined {
    return this.#done.get(id);
  }

  /** Those of one document, whatever its generation, in the order they were made. */
  ofBase(base: DocumentBase): readonly PendingUpdate[] {
    if (this.isEmpty) return [];
    return this.all().filter((one) => one.document.startsWith(`${base}.`));
  }

  /** The pending write whose very bytes these are: how an own commit is known that comes back without its ref. */
  match(writer: WriterId, bytes: Uint8Array): PendingUpdate | undefined {
    for (const one of this.#writers.get(writer)?.values() ?? []) if (sameBytes(one.bytes, bytes)) return one;
    return undefined;
  }

  hasWriter(writer: WriterId): boolean {
    return this.#writers.has(writer);
  }
}
