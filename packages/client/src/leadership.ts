import { StoreError, type RowsChange } from '@cacaw/core/device';
import { randomBase62, type Clock, type Random } from '@cacaw/protocol';
import { Asks } from './asks.ts';
import type { Stop } from './cacaw.ts';
import { errorToFault } from './faults.ts';
import type { Ask, News, TabChannel, TabLocks, TabMessage } from './tab-channel.ts';
import { TabRoll } from './tab-roll.ts';
import { Ending, isTermEnd, type Office } from './term.ts';

/** What the host hears about, whoever leads. */
export interface LeadershipEvents {
  rows(change: RowsChange): void;
  /** Row changes may have been missed: whatever was read before must be read again. */
  missed(): void;
  news(news: News): void;
}

/** What a tab needs to lead, or to ask whoever does. */
export interface LeadershipPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly locks: TabLocks;
  readonly channel: TabChannel;
  /** The lock's name: one per device store. */
  readonly lock: string;
  /** Opens a term; `ended` says that it can write no more. */
  readonly takeOffice: (ended: (error: Error) => void) => Promise<Office>;
  readonly events: LeadershipEvents;
}

const tickMs = 3_000;
/** How long a leader may say nothing before its lock is stolen: shorter while somebody waits for an answer. */
const patienceMs = { idle: 15_000, waiting: 6_000 };
const reopenMs = 1_000;

/**
 * This tab's place among the tabs of one device store. Invariants:
 * 1. An ask is settled once, by whoever led when it was done; it is sent again to each new leader until then.
 * 2. A term's end is never an answer: only the next leader knows whether the ask was done (command ids make it exactly once).
 * 3. After any change of leader, `missed` is said, because the old one may have died between commit and broadcast.
 */
export class Leadership {
  readonly #ports: LeadershipPorts;
  readonly tab: string;
  readonly #asks = new Asks();
  readonly #tabs: TabRoll;
  readonly #stops: Stop[] = [];
  #office: Office | null = null;
  #leaderTerm: string | null = null;
  #number = 0;
  #silentMs = 0;
  #lastTick = 0;
  #opening = false;
  #closed = false;
  #stealing = false;
  #queue: AbortController = new AbortController();
  #endTerm: () => void = () => undefined;
  readonly #alive = new AbortController();
  readonly #finished: Promise<void>;

  constructor(ports: LeadershipPorts) {
    this.#ports = ports;
    this.tab = randomBase62(ports.random, 10);
    this.#tabs = new TabRoll({ ...ports, left: (tab) => this.#office?.left(tab) });
    this.#stops.push(ports.channel.onMessage((message) => this.#hear(message)));
    this.#lastTick = ports.clock.now();
    this.#scheduleTick();
    void this.#showAlive();
    this.#finished = this.#campaign();
  }

  get leading(): boolean {
    return this.#office !== null;
  }

  /** Does it here when this tab leads, else at the leading tab; survives any number of leaders. */
  perform(ask: Ask): Promise<unknown> {
    if (this.#closed) return Promise.reject(closedError());
    return this.#asks.add(ask, (id) => this.#dispatch(id));
  }

  /** Tells every other tab what one transaction of this tab's term changed. */
  spreadRows(change: RowsChange): void {
    if (this.#office !== null) this.#post({ type: 'rows', term: this.#office.term, number: ++this.#number, change });
  }

  spreadNews(news: News): void {
    this.#post(news);
  }

  /** Leaves office and queue; what still waits for an answer is rejected as closed. */
  async close(): Promise<void> {
    if (this.#closed) return this.#finished;
    this.#closed = true;
    this.#alive.abort();
    this.#queue.abort();
    this.#endTerm();
    await this.#finished;
    this.#asks.rejectAll(closedError());
    for (const stop of this.#stops) stop();
    this.#ports.channel.close();
  }

  /** Holds a lock of this tab's own until it dies: whoever is granted it knows that the tab is gone. */
  async #showAlive(): Promise<void> {
    const { locks, lock } = this.#ports;
    const own = await locks.take(`${lock}/${this.tab}`, { steal: false, signal: this.#alive.signal, lost: () => undefined });
    if (this.#closed) return own.release();
    this.#alive.signal.addEventListener('abort', () => own.release());
    this.#post({ type: 'here', tab: this.tab });
  }

  async #campaign(): Promise<void> {
    while (!this.#closed) {
      const over = new Ending();
      const lock = await this.#takeLock(() => over.end());
      if (lock === null) continue;
      try {
        if (!this.#closed && !over.hasEnded) await this.#lead(over);
      } finally {
        lock.release();
      }
    }
  }

  async #takeLock(lost: () => void): Promise<{ release(): void } | null> {
    this.#queue = new AbortController();
    const steal = this.#stealing;
    this.#stealing = false;
    try {
      return await this.#ports.locks.take(this.#ports.lock, { steal, signal: this.#queue.signal, lost });
    } catch (error) {
      if (this.#queue.signal.aborted) return null;
      throw error;
    }
  }

  async #lead(over: Ending): Promise<void> {
    this.#endTerm = () => over.end();
    this.#opening = true;
    try {
      await this.#hold(await this.#ports.takeOffice(() => over.end()), over);
    } catch (error) {
      this.#asks.rejectAll(error instanceof Error ? error : new Error(String(error)));
      await new Promise<void>((resolve) => {
        this.#endTerm = resolve;
        if (this.#closed) resolve();
        else this.#ports.clock.after(reopenMs, resolve);
      });
    } finally {
      this.#opening = false;
      this.#office = null;
      this.#tabs.clear();
    }
  }

  // Not `await using`: what that is compiled to weighs more than this.
  async #hold(office: Office, over: Ending): Promise<void> {
    try {
      this.#opening = false;
      this.#enter(office);
      await over.ended;
      this.#office = null;
    } finally {
      await office[Symbol.asyncDispose]();
    }
  }

  #enter(office: Office): void {
    const first = this.#leaderTerm === null;
    this.#office = office;
    this.#leaderTerm = office.term;
    this.#number = 0;
    this.#post({ type: 'lead', term: office.term, changes: 0 });
    if (!first) this.#ports.events.missed();
    for (const id of this.#asks.ids) this.#dispatch(id);
  }

  #dispatch(id: number): void {
    const ask = this.#asks.get(id);
    if (ask === undefined) return;
    if (this.#office !== null) {
      this.#office.perform(ask).then(
        (value) => this.#asks.resolve(id, value),
        (error: unknown) => isTermEnd(error) || this.#asks.reject(id, error as Error),
      );
    } else if (this.#leaderTerm !== null) this.#post({ type: 'ask', tab: this.tab, id, ask });
  }

  #hear(message: TabMessage): void {
    if (message.type === 'here' || message.type === 'ask') return this.#hearTab(message);
    this.#silentMs = 0;
    if (this.#office !== null || this.#closed) return;
    if (message.type === 'lead') this.#follow(message.term, message.changes);
    else if (message.type === 'rows') this.#hearRows(message);
    else if (message.type === 'answer' || message.type === 'fault') {
      if (message.tab === this.tab) this.#asks.hear(message);
    } else this.#ports.events.news(message);
  }

  #hearTab(message: Extract<TabMessage, { type: 'here' | 'ask' }>): void {
    const office = this.#office;
    if (office === null) {
      if (this.#opening && message.type === 'here') this.#post({ type: 'lead', term: '', changes: 0 });
      return;
    }
    const isNew = this.#tabs.meet(message.tab);
    if (message.type === 'ask') return this.#answer(office, message);
    this.#post({ type: 'lead', term: office.term, changes: this.#number });
    if (isNew) office.brief();
  }

  #answer(office: Office, { tab, id, ask }: Extract<TabMessage, { type: 'ask' }>): void {
    office.perform(ask).then(
      (value) => this.#post({ type: 'answer', tab, id, value }),
      (error: unknown) => isTermEnd(error) || this.#post({ type: 'fault', tab, id, fault: errorToFault(error) }),
    );
  }

  /** An empty term means that the leader is still opening the store. */
  #follow(term: string, changes: number): void {
    if (term === '') return;
    if (term === this.#leaderTerm) {
      if (changes > this.#number) this.#missed(changes);
      return;
    }
    const first = this.#leaderTerm === null;
    this.#leaderTerm = term;
    // Before the first leader was heard of nothing can have been missed: reading began after listening.
    if (first) this.#number = changes;
    else this.#missed(changes);
    for (const id of this.#asks.ids) this.#dispatch(id);
  }

  #hearRows({ term, number, change }: Extract<TabMessage, { type: 'rows' }>): void {
    if (this.#leaderTerm === null) this.#follow(term, number - 1);
    if (term !== this.#leaderTerm) return;
    if (number !== this.#number + 1) return this.#missed(Math.max(number, this.#number));
    this.#number = number;
    this.#ports.events.rows(change);
  }

  #missed(number: number): void {
    this.#number = number;
    this.#ports.events.missed();
  }

  #scheduleTick(): void {
    this.#stops[1] = this.#ports.clock.after(tickMs, () => this.#tick());
  }

  #tick(): void {
    if (this.#closed) return;
    const now = this.#ports.clock.now();
    const slept = now - this.#lastTick > 2 * tickMs;
    this.#silentMs = slept ? 0 : this.#silentMs + now - this.#lastTick;
    this.#lastTick = now;
    if (this.#office !== null) this.#tabs.dropSilent();
    else this.#watchLeader();
    this.#scheduleTick();
  }

  #watchLeader(): void {
    this.#post({ type: 'here', tab: this.tab });
    const patience = this.#asks.isEmpty ? patienceMs.idle : patienceMs.waiting;
    if (this.#opening || this.#silentMs < patience) return;
    this.#silentMs = 0;
    this.#stealing = true;
    this.#queue.abort();
  }

  #post(message: TabMessage): void {
    this.#ports.channel.post(message);
  }
}

const closedError = (): StoreError => new StoreError('closed', 'This tab has closed its device; nothing more can be done with it.');
