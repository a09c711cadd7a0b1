import { presenceExpiryMs, type AccountId, type Clock, type PresenceState } from '@cacaw/protocol';

/** One person as the others see them: their latest word over all their tabs. */
export interface Person extends PresenceState {
  readonly account: AccountId;
  readonly name: string;
  readonly present: boolean;
}

/** Who is in a room and what they look at. Never stored; a person who says nothing for 30 s is gone. */
export interface Presence {
  /** `owner` is the session that speaks; its words end with it. */
  say(owner: object, who: { readonly account: AccountId; readonly name: string }, state: PresenceState): void;
  leave(owner: object): void;
  readonly people: readonly Person[];
  close(): void;
}

/** Presence of one room; `tell` is called when what the others should see of a person has changed. */
export function createPresence(clock: Clock, tell: (person: Person) => void): Presence {
  return new RoomPresence(clock, tell);
}

interface Word {
  readonly owner: object;
  readonly account: AccountId;
  readonly name: string;
  readonly state: PresenceState;
  readonly at: number;
}

/** A person who moves fast is told at most this often. */
const quietMs = 100;

class RoomPresence implements Presence {
  readonly #clock: Clock;
  readonly #tell: (person: Person) => void;
  /** By account and tab, the latest last. */
  #words: Word[] = [];
  readonly #told = new Map<AccountId, { readonly person: Person; readonly at: number }>();
  readonly #late = new Map<AccountId, () => void>();
  #cancelExpiry: (() => void) | undefined;

  constructor(clock: Clock, tell: (person: Person) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  get people(): readonly Person[] {
    return [...this.#told.values()].map((one) => one.person);
  }

  say(owner: object, { account, name }: { readonly account: AccountId; readonly name: string }, state: PresenceState): void {
    if (state.tab === '') return this.leave(owner);
    this.#words = this.#words.filter((word) => word.account !== account || word.state.tab !== state.tab);
    this.#words.push({ owner, account, name, state, at: this.#clock.now() });
    this.#tellSoon(account);
    this.#watch();
  }

  leave(owner: object): void {
    this.#drop((word) => word.owner === owner);
  }

  close(): void {
    this.#cancelExpiry?.();
    for (const cancel of this.#late.values()) cancel();
    this.#late.clear();
    this.#words = [];
  }

  #drop(isOver: (word: Word) => boolean): void {
    const over = this.#words.filter(isOver);
    if (over.length === 0) return;
    this.#words = this.#words.filter((word) => !isOver(word));
    for (const account of new Set(over.map((word) => word.account))) this.#tellNow(account);
  }

  #tellSoon(account: AccountId): void {
    const told = this.#told.get(account);
    const waitMs = told === undefined ? 0 : told.at + quietMs - this.#clock.now();
    if (waitMs <= 0) return this.#tellNow(account);
    if (this.#late.has(account)) return;
    this.#late.set(
      account,
      this.#clock.after(waitMs, () => this.#tellNow(account)),
    );
  }

  #tellNow(account: AccountId): void {
    this.#late.get(account)?.();
    this.#late.delete(account);
    const word = this.#words.findLast((one) => one.account === account);
    const before = this.#told.get(account)?.person;
    if (word === undefined) {
      this.#told.delete(account);
      if (before !== undefined) this.#tell({ ...before, present: false });
      return;
    }
    const { tab, item, field } = word.state;
    const person: Person = { account, name: word.name, present: true, tab, item, field };
    this.#told.set(account, { person, at: this.#clock.now() });
    if (before === undefined || !isSame(before, person)) this.#tell(person);
  }

  #watch(): void {
    if (this.#cancelExpiry !== undefined) return;
    const [oldest] = this.#words;
    if (oldest === undefined) return;
    this.#cancelExpiry = this.#clock.after(Math.max(0, oldest.at + presenceExpiryMs - this.#clock.now()), () => {
      this.#cancelExpiry = undefined;
      this.#drop((word) => this.#clock.now() - word.at >= presenceExpiryMs);
      this.#watch();
    });
  }
}

const isSame = (a: Person, b: Person): boolean => a.item === b.item && a.field === b.field && a.tab === b.tab && a.name === b.name;
