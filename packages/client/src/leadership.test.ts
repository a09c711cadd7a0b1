import { StoreError, type RowsChange } from '@cacaw/core/device';
import { randomBase62, type CollectionId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { strongRandom } from '../test/strong-random.ts';
import { Leadership } from './leadership.ts';
import type { Office } from './term.ts';
import { createMemoryTabs, type MemoryTab } from './memory-tabs.ts';
import type { Ask, TabChannel } from './tab-channel.ts';

const collection = 'abcdefghijklmnopqrstuv' as CollectionId;
const change: RowsChange = { collection, folders: [], items: [], cause: 'command' };

/** One browser whose tabs write asks, once per id, into a shared list, as a device store does with command ids. */
class Browser {
  readonly clock = new ManualClock();
  readonly #tabs = createMemoryTabs();
  readonly done: string[] = [];
  failOffice = false;
  /** Called after an ask has been done and before it is answered. */
  beforeAnswer: () => void = () => undefined;
  term = '';
  readonly left: string[] = [];

  open(): { readonly tab: MemoryTab; readonly leadership: Leadership; readonly heard: string[] } {
    const tab = this.#tabs.open();
    const heard: string[] = [];
    const leadership = new Leadership({
      clock: this.clock,
      random: strongRandom,
      locks: tab.locks,
      channel: tab.channel,
      lock: 'device',
      takeOffice: async () => this.#takeOffice(),
      events: {
        rows: () => heard.push('rows'),
        missed: () => heard.push('missed'),
        news: ({ type }) => heard.push(type),
      },
    });
    return { tab, leadership, heard };
  }

  /** A channel that can say anything. */
  stranger(): TabChannel {
    return this.#tabs.open().channel;
  }

  #takeOffice(): Office {
    if (this.failOffice) throw new StoreError('unavailable', 'no storage');
    const term = randomBase62(strongRandom, 10);
    this.term = term;
    return {
      term,
      perform: async ({ name, args }: Ask) => {
        if (this.term !== term) throw new StoreError('fenced', 'another term leads');
        if (name === 'refuse') throw new StoreError('full', 'no room');
        if (!this.done.includes(String(args[0]))) this.done.push(String(args[0]));
        this.beforeAnswer();
        return `${name} ${String(args[0])}`;
      },
      left: (tab) => this.left.push(tab),
      brief: () => undefined,
      [Symbol.asyncDispose]: async () => undefined,
    };
  }
}

test('[L50] of several tabs one leads and the others have their asks done by it', async () => {
  const browser = new Browser();
  const [first, second, third] = [browser.open(), browser.open(), browser.open()];
  await settled();

  const answers = await Promise.all([first, second, third].map(({ leadership }, at) => leadership.perform({ name: 'run', args: [at] })));

  expect(answers).toEqual(['run 0', 'run 1', 'run 2']);
  expect([first, second, third].map(({ leadership }) => leadership.leading)).toEqual([true, false, false]);
});

test('[L50] a failure keeps its class and code on the way to a follower', async () => {
  const browser = new Browser();
  const [, follower] = [browser.open(), browser.open()];
  await settled();

  await expect(follower.leadership.perform({ name: 'refuse', args: [] })).rejects.toMatchObject({ code: 'full', message: 'no room' });
  await expect(follower.leadership.perform({ name: 'refuse', args: [] })).rejects.toBeInstanceOf(StoreError);
});

test('[L51] an ask whose leader dies between doing and answering is done exactly once', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();
  browser.beforeAnswer = () => leader.tab.kill();

  const answer = await follower.leadership.perform({ name: 'run', args: ['once'] });

  expect(answer).toBe('run once');
  expect(browser.done).toEqual(['once']);
  expect(follower.leadership.leading).toBe(true);
});

test('[L51] asks made while nobody leads are done in order by whoever leads next', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();
  leader.tab.freeze();
  const answers = ['a', 'b', 'c'].map((id) => follower.leadership.perform({ name: 'run', args: [id] }));
  leader.tab.kill();

  await Promise.all(answers);

  expect(browser.done).toEqual(['a', 'b', 'c']);
});

test('[L52] a frozen leader is replaced, and its late writes are not answers', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();
  leader.tab.freeze();
  const stuck = leader.leadership.perform({ name: 'refuse', args: [] }).catch((error: Error) => error);
  const answer = follower.leadership.perform({ name: 'run', args: ['late'] });

  await browser.clock.advance(10_000);

  expect(await answer).toBe('run late');
  expect(follower.leadership.leading).toBe(true);
  leader.tab.thaw();
  await settled();
  expect(leader.leadership.leading).toBe(false);
  expect(await stuck).toMatchObject({ code: 'full' });
  expect(await leader.leadership.perform({ name: 'run', args: ['thawed'] })).toBe('run thawed');
});

test('[L52] a follower leaves a living leader alone, however long nothing happens', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();

  await browser.clock.advance(600_000);

  expect([leader.leadership.leading, follower.leadership.leading]).toEqual([true, false]);
});

test('[L53] a follower hears row changes in order and is told when it missed some', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();
  follower.heard.length = 0;

  leader.leadership.spreadRows(change);
  leader.leadership.spreadRows(change);
  await settled();
  expect(follower.heard).toEqual(['rows', 'rows']);

  // A browser may drop what a discarded channel should have delivered: here the third of four.
  browser.stranger().post({ type: 'rows', term: browser.term, number: 4, change });
  await settled();
  expect(follower.heard).toEqual(['rows', 'rows', 'missed']);

  leader.tab.kill();
  await settled();
  expect(follower.heard).toEqual(['rows', 'rows', 'missed', 'missed']);
});

test('[L54] a closed or silent tab is reported to the leader once', async () => {
  const browser = new Browser();
  const [leader, closing, silent] = [browser.open(), browser.open(), browser.open()];
  await browser.clock.advance(3_000);

  await closing.leadership.close();
  silent.tab.kill();
  await browser.clock.advance(30_000);

  expect(browser.left.toSorted()).toEqual([closing.leadership.tab, silent.leadership.tab].toSorted());
  expect(leader.leadership.leading).toBe(true);
});

test('[L55] a store that cannot be opened is reported to whoever asked, and tried again', async () => {
  const browser = new Browser();
  browser.failOffice = true;
  const { leadership } = browser.open();
  await expect(leadership.perform({ name: 'run', args: ['first'] })).rejects.toMatchObject({ code: 'unavailable' });

  browser.failOffice = false;
  const answer = leadership.perform({ name: 'run', args: ['second'] });
  await browser.clock.advance(2_000);

  expect(await answer).toBe('run second');
});

test('[L55] closing rejects what still waits and hands the office over', async () => {
  const browser = new Browser();
  const [leader, follower] = [browser.open(), browser.open()];
  await settled();

  await leader.leadership.close();
  await settled();

  expect(follower.leadership.leading).toBe(true);
  await expect(leader.leadership.perform({ name: 'run', args: [1] })).rejects.toMatchObject({ code: 'closed' });
});
