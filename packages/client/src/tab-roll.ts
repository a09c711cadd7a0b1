import type { Clock } from '@cacaw/protocol';
import type { TabLocks } from './tab-channel.ts';

/** What a roll of tabs watches with. */
export interface TabRollPorts {
  readonly clock: Clock;
  readonly locks: TabLocks;
  /** The lock's name; each living tab holds `<lock>/<tab>`. */
  readonly lock: string;
  readonly left: (tab: string) => void;
}

interface Follower {
  seenAt: number;
  readonly stopWatching: () => void;
}

const silenceMs = 10_000;

/** The tabs a leader knows to be alive; one that died is reported at once, one that fell silent within ten seconds. */
export class TabRoll {
  readonly #ports: TabRollPorts;
  readonly #tabs = new Map<string, Follower>();

  constructor(ports: TabRollPorts) {
    this.#ports = ports;
  }

  /** Notes that a tab lives; true when it was not known yet. */
  meet(tab: string): boolean {
    const known = this.#tabs.get(tab);
    const seenAt = this.#ports.clock.now();
    if (known !== undefined) known.seenAt = seenAt;
    else this.#tabs.set(tab, { seenAt, stopWatching: this.#watch(tab) });
    return known === undefined;
  }

  dropSilent(): void {
    const now = this.#ports.clock.now();
    for (const [tab, { seenAt }] of this.#tabs) if (now - seenAt > silenceMs) this.#drop(tab);
  }

  /** Forgets all tabs without reporting them. */
  clear(): void {
    for (const { stopWatching } of this.#tabs.values()) stopWatching();
    this.#tabs.clear();
  }

  /** Waits for the lock a living tab holds: it is free once the tab is dead. */
  #watch(tab: string): () => void {
    const waiting = new AbortController();
    const { locks, lock } = this.#ports;
    locks.take(`${lock}/${tab}`, { steal: false, signal: waiting.signal, lost: () => undefined }).then(
      (freed) => {
        freed.release();
        this.#drop(tab);
      },
      () => undefined,
    );
    return () => waiting.abort();
  }

  #drop(tab: string): void {
    this.#tabs.get(tab)?.stopWatching();
    if (this.#tabs.delete(tab)) this.#ports.left(tab);
  }
}
