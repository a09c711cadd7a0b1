import type { Stop } from './cacaw.ts';
import type { TabChannel, TabLocks, TabMessage } from './tab-channel.ts';

/** One tab of a memory browser: its channel and locks, and a way to die without a word. */
export interface MemoryTab {
  readonly channel: TabChannel;
  readonly locks: TabLocks;
  /** Ends the tab at once: it is heard no more, hears nothing, and its locks fall to whoever waits. */
  kill(): void;
  /** Stops delivery to and from the tab, as a frozen background tab; its locks stay taken. */
  freeze(): void;
  /** Delivers what came while frozen. */
  thaw(): void;
}

interface Waiter {
  readonly tab: BusTab;
  readonly lost: () => void;
  readonly grant: () => void;
}

/** A browser's tabs in memory: messages are cloned and delivered in order after the current step, locks as Web Locks give them. */
export function createMemoryTabs(): { open(): MemoryTab } {
  const bus = new Bus();
  return { open: () => new BusTab(bus) };
}

class Bus {
  readonly tabs = new Set<BusTab>();
  readonly #held = new Map<string, Waiter>();
  readonly #queued = new Map<string, Waiter[]>();

  spread(from: BusTab, message: TabMessage): void {
    const clone = structuredClone(message);
    for (const tab of this.tabs) if (tab !== from) queueMicrotask(() => tab.deliver(clone));
  }

  take(name: string, waiter: Waiter, steal: boolean): void {
    const holder = this.#held.get(name);
    if (holder !== undefined && !steal) {
      this.#queued.set(name, [...(this.#queued.get(name) ?? []), waiter]);
      return;
    }
    this.#held.set(name, waiter);
    if (holder !== undefined) queueMicrotask(holder.lost);
    waiter.grant();
  }

  giveUp(name: string, waiter: Waiter): void {
    this.#queued.set(
      name,
      (this.#queued.get(name) ?? []).filter((other) => other !== waiter),
    );
  }

  release(name: string, waiter: Waiter): void {
    if (this.#held.get(name) !== waiter) return;
    const [next, ...rest] = this.#queued.get(name) ?? [];
    this.#queued.set(name, rest);
    if (next === undefined) return void this.#held.delete(name);
    this.#held.set(name, next);
    next.grant();
  }

  remove(tab: BusTab): void {
    this.tabs.delete(tab);
    for (const [name, queue] of this.#queued)
      this.#queued.set(
        name,
        queue.filter((waiter) => waiter.tab !== tab),
      );
    for (const [name, holder] of this.#held) if (holder.tab === tab) this.release(name, holder);
  }
}

class BusTab implements MemoryTab, TabChannel, TabLocks {
  readonly #bus: Bus;
  readonly #listeners = new Set<(message: TabMessage) => void>();
  #frozen: { heard: TabMessage[]; said: TabMessage[] } | null = null;

  constructor(bus: Bus) {
    this.#bus = bus;
    bus.tabs.add(this);
  }

  get channel(): TabChannel {
    return this;
  }

  get locks(): TabLocks {
    return this;
  }

  post(message: TabMessage): void {
    if (this.#frozen !== null) this.#frozen.said.push(message);
    else if (this.#bus.tabs.has(this)) this.#bus.spread(this, message);
  }

  onMessage(listener: (message: TabMessage) => void): Stop {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  deliver(message: TabMessage): void {
    if (!this.#bus.tabs.has(this)) return;
    if (this.#frozen !== null) return void this.#frozen.heard.push(message);
    for (const listener of this.#listeners) listener(message);
  }

  close(): void {
    this.#listeners.clear();
  }

  take(name: string, options: Parameters<TabLocks['take']>[1]): Promise<{ release(): void }> {
    return new Promise((resolve, reject) => {
      // Whoever is dead waits for ever.
      if (!this.#bus.tabs.has(this)) return;
      const waiter: Waiter = {
        tab: this,
        lost: options.lost,
        grant: () => resolve({ release: () => this.#bus.release(name, waiter) }),
      };
      options.signal.addEventListener('abort', () => {
        this.#bus.giveUp(name, waiter);
        reject(options.signal.reason as Error);
      });
      this.#bus.take(name, waiter, options.steal);
    });
  }

  kill(): void {
    this.#bus.remove(this);
  }

  freeze(): void {
    this.#frozen ??= { heard: [], said: [] };
  }

  thaw(): void {
    const frozen = this.#frozen;
    this.#frozen = null;
    for (const message of frozen?.heard ?? []) this.deliver(message);
    for (const message of frozen?.said ?? []) this.post(message);
  }
}
