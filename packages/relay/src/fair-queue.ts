/** A queue of everybody's: who waits with many is served in turn with who waits with one. */
export class FairQueue<Item> {
  /** In the order of their turns. */
  readonly #byOwner = new Map<string, Item[]>();

  get isEmpty(): boolean {
    return this.#byOwner.size === 0;
  }

  push(whose: string, item: Item): void {
    const theirs = this.#byOwner.get(whose);
    if (theirs === undefined) this.#byOwner.set(whose, [item]);
    else theirs.push(item);
  }

  /** What was taken and not done is next. */
  putBack(whose: string, item: Item): void {
    const others = [...this.#byOwner].filter(([one]) => one !== whose);
    const theirs = [item, ...(this.#byOwner.get(whose) ?? [])];
    this.#byOwner.clear();
    this.#byOwner.set(whose, theirs);
    for (const [one, items] of others) this.#byOwner.set(one, items);
  }

  /** Whoever waits no more takes nobody's turn. */
  remove(whose: string, item: Item): void {
    const left = (this.#byOwner.get(whose) ?? []).filter((one) => one !== item);
    if (left.length > 0) this.#byOwner.set(whose, left);
    else this.#byOwner.delete(whose);
  }

  shift(): Item | undefined {
    const [next] = this.#byOwner;
    if (next === undefined) return undefined;
    const [whose, items] = next;
    const item = items.shift();
    this.#byOwner.delete(whose);
    if (items.length > 0) this.#byOwner.set(whose, items);
    return item;
  }
}
