import { presenceExpiryMs, type AccountId, type Clock, type ItemId, type PresenceState } from '@cacaw/protocol';
import type { Person } from './cacaw.ts';
import type { Conversation, PresenceEvent } from './exchange.ts';

/** Who is where in one collection: our own tabs told to the relay, other people's heard from it. */
export interface Presence {
  /** One entry per account, ourselves left out, sorted by account. */
  readonly people: readonly Person[];
  begin(conversation: Conversation, account: AccountId): void;
  /** The connection is lost: nobody is seen, and our own tabs are told anew on the next. */
  end(): void;
  hear(event: PresenceEvent): void;
  /** One of our tabs shows the collection, on `item` and `field` or on none. */
  present(state: PresenceState): void;
  /** One of our tabs shows it no longer. */
  absent(tab: string): void;
  close(): void;
}

/** What presence is made of. */
export interface PresenceOptions {
  readonly clock: Clock;
  readonly onPeople: (people: readonly Person[]) => void;
}

/** Presence of nobody yet. */
export const createPresence = (options: PresenceOptions): Presence => new TabPresence(options);

/** At most five frames a second, whatever a person hovers over. */
const throttleMs = 200;
/** Renewed twice within its life, so that one lost frame does not make anybody vanish. */
const renewMs = 15_000;

interface OwnTab {
  state: PresenceState;
  sentAt: number;
  isNews: boolean;
}

interface OtherTab {
  readonly name: string;
  readonly item: ItemId | '';
  readonly field: string;
  readonly heardAt: number;
}

/**
 * Events change fields and call `#evaluate`, which alone decides.
 *
 * 1. Nothing is sent without a connection, nor faster than the throttle; the newest state of a tab replaces an unsent one.
 * 2. A tab is renewed before it would expire at others; others expire here by our own clock.
 * 3. `onPeople` is called only when the list differs.
 */
class TabPresence implements Presence {
  readonly #options: PresenceOptions;
  readonly #own = new Map<string, OwnTab>();
  readonly #others = new Map<AccountId, Map<string, OtherTab>>();
  #conversation: Conversation | undefined;
  #account: AccountId | undefined;
  #lastSentAt = -Infinity;
  #people: readonly Person[] = [];
  #cancelTimer: (() => void) | undefined;

  constructor(options: PresenceOptions) {
    this.#options = options;
  }

  get people(): readonly Person[] {
    return this.#people;
  }

  begin(conversation: Conversation, account: AccountId): void {
    this.#conversation = conversation;
    this.#account = account;
    for (const tab of this.#own.values()) tab.isNews = true;
    this.#evaluate();
  }

  end(): void {
    this.#conversation = undefined;
    this.#others.clear();
    this.#evaluate();
  }

  hear({ account, tab, present, name, item, field }: PresenceEvent): void {
    const tabs = this.#others.get(account) ?? new Map<string, OtherTab>();
    this.#others.set(account, tabs);
    if (present) tabs.set(tab, { name, item: item as ItemId | '', field, heardAt: this.#options.clock.now() });
    else if (tab === '') tabs.clear();
    else tabs.delete(tab);
    this.#evaluate();
  }

  present(state: PresenceState): void {
    const known = this.#own.get(state.tab);
    if (known !== undefined && known.state.item === state.item && known.state.field === state.field) return;
    this.#own.set(state.tab, { state, sentAt: known?.sentAt ?? -Infinity, isNews: true });
    this.#evaluate();
  }

  absent(tab: string): void {
    if (!this.#own.delete(tab)) return;
    this.#conversation?.present({ tab, item: '', field: '' });
    this.#evaluate();
  }

  close(): void {
    this.#own.clear();
    this.end();
  }

  #evaluate(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const now = this.#options.clock.now();
    const wakeAt = Math.min(this.#expire(now), this.#tell(now));
    this.#publish();
    if (wakeAt < Infinity) this.#cancelTimer = this.#options.clock.after(wakeAt - now, () => this.#evaluate());
  }

  /** Invariant 1; returns when there is something to tell again. */
  #tell(now: number): number {
    const conversation = this.#conversation;
    if (conversation === undefined) return Infinity;
    let wakeAt = Infinity;
    for (const tab of this.#own.values()) {
      const dueAt = Math.max(this.#lastSentAt + throttleMs, tab.isNews ? -Infinity : tab.sentAt + renewMs);
      if (dueAt > now) wakeAt = Math.min(wakeAt, dueAt);
      else {
        tab.isNews = false;
        tab.sentAt = now;
        this.#lastSentAt = now;
        conversation.present(tab.state);
        wakeAt = Math.min(wakeAt, now + renewMs);
      }
    }
    return wakeAt;
  }

  /** Invariant 2; returns when the next of the others expires. */
  #expire(now: number): number {
    let wakeAt = Infinity;
    for (const [account, tabs] of this.#others) {
      for (const [tab, { heardAt }] of tabs) {
        if (heardAt + presenceExpiryMs <= now) tabs.delete(tab);
        else wakeAt = Math.min(wakeAt, heardAt + presenceExpiryMs);
      }
      if (tabs.size === 0) this.#others.delete(account);
    }
    return wakeAt;
  }

  #publish(): void {
    const people = [...this.#others]
      .filter(([account]) => account !== this.#account)
      .map(([account, tabs]) => toPerson(account, [...tabs.values()]))
      .sort((a, b) => (a.account < b.account ? -1 : 1));
    if (JSON.stringify(people) === JSON.stringify(this.#people)) return;
    this.#people = people;
    this.#options.onPeople(people);
  }
}

/** A person with several tabs is where they last did something; a tab on no row says less than one on a row. */
function toPerson(account: AccountId, tabs: readonly OtherTab[]): Person {
  const [first] = [...tabs].sort((a, b) => Number(b.item !== '') - Number(a.item !== '') || b.heardAt - a.heardAt);
  return { account, name: first?.name ?? '', item: first?.item ?? '', field: first?.field ?? '' };
}
