import type { AccountId, Clock, ItemId, PresenceState } from '@cacaw/protocol';
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
/** The relay lets go of whoever says nothing for 30 s. */
const renewMs = 15_000;

interface OwnTab {
  state: PresenceState;
  sentAt: number;
  isNews: boolean;
}

/**
 * Events change fields and call `#evaluate`, which alone decides.
 *
 * 1. Nothing is sent without a connection, nor faster than the throttle; the newest state of a tab replaces an unsent one.
 * 2. A tab is renewed before it would expire; that others have expired is for the relay to say, as it forwards no renewals.
 * 3. `onPeople` is called only when the list differs.
 */
class TabPresence implements Presence {
  readonly #options: PresenceOptions;
  readonly #own = new Map<string, OwnTab>();
  readonly #others = new Map<AccountId, Person>();
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

  hear({ account, present, name, item, field }: PresenceEvent): void {
    if (present) this.#others.set(account, { account, name, item: item as ItemId | '', field });
    else this.#others.delete(account);
    this.#publish();
  }

  present(state: PresenceState): void {
    const known = this.#own.get(state.tab);
    if (known !== undefined && known.state.item === state.item && known.state.field === state.field) return;
    this.#own.set(state.tab, { state, sentAt: known?.sentAt ?? -Infinity, isNews: true });
    this.#evaluate();
  }

  absent(tab: string): void {
    if (!this.#own.delete(tab)) return;
    const rest = [...this.#own.values()].at(-1);
    // The relay shows a person's latest word: one that is left speaks again, or the last one takes its leave.
    if (rest !== undefined) rest.isNews = true;
    else this.#conversation?.present({ tab: '', item: '', field: '' });
    this.#evaluate();
  }

  close(): void {
    this.#own.clear();
    this.end();
  }

  #evaluate(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const { clock } = this.#options;
    const now = clock.now();
    const conversation = this.#conversation;
    const wakeAt = conversation === undefined ? Infinity : this.#tell(conversation, now);
    if (wakeAt < Infinity) this.#cancelTimer = clock.after(wakeAt - now, () => this.#evaluate());
    this.#publish();
  }

  /** Invariants 1 and 2; returns when there is something to tell again. */
  #tell(conversation: Conversation, now: number): number {
    let wakeAt = Infinity;
    for (const tab of this.#own.values()) {
      const dueAt = Math.max(this.#lastSentAt + throttleMs, tab.isNews ? -Infinity : tab.sentAt + renewMs);
      if (dueAt <= now) {
        tab.isNews = false;
        tab.sentAt = now;
        this.#lastSentAt = now;
        conversation.present(tab.state);
      }
      wakeAt = Math.min(wakeAt, dueAt <= now ? now + renewMs : dueAt);
    }
    return wakeAt;
  }

  #publish(): void {
    const people = [...this.#others.values()]
      .filter(({ account }) => account !== this.#account)
      .sort((a, b) => (a.account < b.account ? -1 : 1));
    if (JSON.stringify(people) === JSON.stringify(this.#people)) return;
    this.#people = people;
    this.#options.onPeople(people);
  }
}
