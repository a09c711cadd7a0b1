import { createMemoryDisk, type MemoryDisk, type MemoryStore, type StorePoint } from '@cacaw/core/device';
import { createAccountRegistry, type AccountRegistry } from '../src/accounts/account-registry.ts';
import { strongRandom } from './strong-random.ts';

/** The databases of one browser profile, in memory, with a registry for each tab that asks. */
export class MemoryProfile {
  readonly disks: Map<string, MemoryDisk> = new Map();
  readonly errors: unknown[] = [];
  /** Asked at every point of every transaction, and before each deletion. */
  pace: ((point: StorePoint | 'delete') => Promise<void> | undefined) | undefined;
  readonly #hearers = new Set<(message: 'changed') => void>();

  open(name: string): MemoryStore {
    const disk = this.disks.get(name) ?? createMemoryDisk();
    this.disks.set(name, disk);
    return disk.open({ pace: (point) => this.pace?.(point) });
  }

  async deleteDatabase(name: string): Promise<void> {
    await this.pace?.('delete');
    this.disks.delete(name);
  }

  async registry(): Promise<AccountRegistry> {
    return createAccountRegistry({
      random: strongRandom,
      openStore: async (name) => this.open(name),
      databases: async () => [...this.disks.keys()],
      deleteDatabase: (name) => this.deleteDatabase(name),
      channel: this.#channel(),
      onError: (error) => this.errors.push(error),
    });
  }

  /** Ends every tab at once: whatever had not been committed never was. */
  crash(): void {
    this.pace = undefined;
    this.#hearers.clear();
    for (const disk of this.disks.values()) disk.losePower();
  }

  #channel(): Parameters<typeof createAccountRegistry>[0]['channel'] {
    let own: ((message: 'changed') => void) | undefined;
    return {
      post: (message) => {
        for (const hear of this.#hearers) if (hear !== own) queueMicrotask(() => hear(message));
      },
      onMessage: (listener) => {
        own = listener;
        this.#hearers.add(listener);
        return () => this.#hearers.delete(listener);
      },
      close: () => own !== undefined && this.#hearers.delete(own),
    };
  }
}
