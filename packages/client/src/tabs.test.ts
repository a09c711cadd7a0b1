import { newCommandId, type CollectionId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createHome, Screen, TestBrowser, type TestTab } from '../test/browser.ts';
import { strongRandom } from '../test/strong-random.ts';

const step = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('add' as const), tab: fc.nat(5) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('open' as const), tab: fc.nat(5) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('kill' as const, 'doom' as const, 'freeze' as const, 'thaw' as const), tab: fc.nat(5) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), tab: fc.nat(20) }) },
  // A few turns of the event loop's innermost queue: so that tabs die in the middle of things.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('turn' as const), tab: fc.nat(40) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** A browser whose tabs come, freeze, thaw and die while they add items. */
class Crowd {
  readonly browser: TestBrowser = new TestBrowser();
  readonly tabs: TestTab[] = [];
  readonly killed: Set<TestTab> = new Set();
  readonly added: { readonly name: string; readonly tab: TestTab; readonly result: Promise<unknown> }[] = [];
  readonly frozen: Set<TestTab> = new Set();
  readonly #screens = new Map<TestTab, Screen>();
  #home: CollectionId | undefined;

  get home(): CollectionId {
    if (this.#home === undefined) throw new Error('The crowd has not begun.');
    return this.#home;
  }

  async begin(): Promise<void> {
    const first = await this.browser.open();
    this.#home = await createHome(first.cacaw);
    this.#seat(first);
  }

  async take({ do: what, tab: number }: Step): Promise<void> {
    if (what === 'wait') return this.browser.clock.advance(number * 100);
    if (what === 'turn') return turns(number);
    if (what === 'open') return this.#seat(await this.browser.open());
    const tab = this.tabs[number % this.tabs.length];
    if (tab === undefined || this.killed.has(tab)) return;
    if (what === 'add') this.#add(tab);
    else if (what === 'kill') this.#kill(tab);
    else if (what === 'doom') this.#doom(tab);
    else this.#freeze(tab, what === 'freeze');
  }

  /** Lets everybody who is alive come to rest, and says what each has on its screen, which it watched all the time. */
  async rest(): Promise<readonly (readonly string[])[]> {
    for (const tab of this.frozen) tab.thaw();
    this.#seat(await this.browser.open());
    await this.browser.clock.advance(120_000);
    return this.tabs.filter((tab) => !this.killed.has(tab)).map((tab) => this.#screens.get(tab)?.shown.toSorted() ?? []);
  }

  #seat(tab: TestTab): void {
    this.tabs.push(tab);
    this.#screens.set(tab, new Screen(tab.cacaw, this.home));
  }

  #add(tab: TestTab): void {
    const name = `item ${this.added.length}`;
    const result = tab.cacaw.run({ type: 'addItems', collection: this.home, drafts: [{ name }] }, newCommandId(strongRandom));
    // What a tab that is killed was told interests nobody.
    result.catch(() => undefined);
    this.added.push({ name, tab, result });
  }

  #kill(tab: TestTab): void {
    this.frozen.delete(tab);
    this.killed.add(tab);
    tab.kill();
  }

  /** Lets the tab die right after its next commit, before it can tell anybody. */
  #doom(tab: TestTab): void {
    tab.store.faults.pace = (point) => {
      if (point === 'complete' && !this.killed.has(tab)) this.#kill(tab);
      return undefined;
    };
  }

  #freeze(tab: TestTab, isFrozen: boolean): void {
    if (isFrozen === this.frozen.has(tab)) return;
    if (isFrozen) this.frozen.add(tab);
    else this.frozen.delete(tab);
    if (isFrozen) tab.freeze();
    else tab.thaw();
  }
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}

test('[L51] whatever tabs come, freeze, thaw and die: what a living tab did is done once, and every living tab shows it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const crowd = new Crowd();
      await crowd.begin();
      for (const one of steps) await crowd.take(one);
      const [first, ...others] = await crowd.rest();

      const mine = crowd.added.filter(({ tab }) => !crowd.killed.has(tab));
      await Promise.all(mine.map(({ result }) => result));
      for (const other of others) expect(other).toEqual(first);
      expect(new Set(first).size).toBe(first?.length);
      for (const { name } of mine) expect(first).toContain(name);
      expect(crowd.browser.errors).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
