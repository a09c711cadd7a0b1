import type { Cacaw, ListChange, Stop } from '@cacaw/client';
import type { ItemRow } from '@cacaw/core';
import type { ItemId } from '@cacaw/protocol';

type Listener = (value: never) => void;

/** An engine that says what a test tells it to, and shows who is subscribed to what. */
export class ScriptedCacaw {
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly asked: (readonly ItemId[])[] = [];
  readonly ran: unknown[] = [];
  /** What else a test lets it do. */
  readonly calls: Partial<Cacaw> = {};
  readonly stored: Map<ItemId, ItemRow> = new Map();

  /** How many subscriptions of a kind are open. */
  open(kind: string): number {
    return this.#listeners.get(kind)?.size ?? 0;
  }

  say(kind: string, value: unknown): void {
    for (const listener of this.#listeners.get(kind) ?? []) listener(value as never);
  }

  sayList(change: Partial<ListChange>): void {
    this.say('list', { splices: [], rows: [], complete: true, ...change });
  }

  /** The parts of the engine that runes use. */
  get cacaw(): Cacaw {
    const watch =
      (kind: string) =>
      (...args: readonly unknown[]): Stop =>
        this.#listen(kind, args.at(-1) as Listener);
    const kinds = ['collections', 'list', 'item', 'tree', 'trashedFolders', 'status', 'people', 'device'];
    return {
      ...Object.fromEntries(kinds.map((kind) => [kind, watch(kind)])),
      rows: async (ids: readonly ItemId[]) => {
        this.asked.push(ids);
        await Promise.resolve();
        return ids.flatMap((id) => this.stored.get(id) ?? []);
      },
      run: async (command: unknown) => this.ran.push(structuredClone(command)),
      ...this.calls,
    } as unknown as Cacaw;
  }

  #listen(kind: string, listener: Listener): Stop {
    const listeners = this.#listeners.get(kind) ?? new Set();
    this.#listeners.set(kind, listeners.add(listener));
    return () => listeners.delete(listener);
  }
}
