import { expect, test } from 'vitest';
import { ManualClock, settled } from '../test/manual-clock.ts';
import { strongRandom } from '../test/strong-random.ts';
import { createChannelLocks, type LockMessage } from './channel-locks.ts';
import type { TabLocks } from './tab-channel.ts';

/** Tabs that hear each other until they die. */
class Tabs {
  readonly clock: ManualClock = new ManualClock();
  readonly #living = new Map<number, (message: LockMessage) => void>();
  #count = 0;

  open(): { readonly locks: TabLocks; readonly die: () => void } {
    const own = (this.#count += 1);
    const channel = {
      post: (message: LockMessage): void => {
        if (!this.#living.has(own)) return;
        for (const [tab, hear] of this.#living) if (tab !== own) queueMicrotask(() => hear(message));
      },
      onMessage: (listener: (message: LockMessage) => void) => {
        this.#living.set(own, listener);
        return () => this.#living.delete(own);
      },
    };
    return { locks: createChannelLocks({ clock: this.clock, random: strongRandom, channel }), die: () => this.#living.delete(own) };
  }
}

interface Attempt {
  state: 'waiting' | 'held' | 'lost' | 'aborted';
  release(): void;
  readonly stop: AbortController;
}

function take({ locks }: { readonly locks: TabLocks }, steal = false): Attempt {
  const attempt: Attempt = { state: 'waiting', release: () => undefined, stop: new AbortController() };
  locks.take('device', { steal, signal: attempt.stop.signal, lost: () => (attempt.state = 'lost') }).then(
    (lock) => {
      attempt.state = 'held';
      attempt.release = () => lock.release();
    },
    () => (attempt.state = 'aborted'),
  );
  return attempt;
}

test('[L63] one tab holds a lock; it passes on when it is released or its holder dies', async () => {
  const tabs = new Tabs();
  const [first, second, third] = [tabs.open(), tabs.open(), tabs.open()];
  const a = take(first);
  await tabs.clock.advance(1_000);
  const b = take(second);
  await tabs.clock.advance(10_000);
  expect([a.state, b.state]).toEqual(['held', 'waiting']);

  a.release();
  await tabs.clock.advance(5_000);
  expect(b.state).toBe('held');

  const c = take(third);
  await tabs.clock.advance(5_000);
  expect(c.state).toBe('waiting');
  second.die();
  await tabs.clock.advance(5_000);
  expect(c.state).toBe('held');
});

test('[L63] a lock can be stolen, and whoever had it is told', async () => {
  const tabs = new Tabs();
  const a = take(tabs.open());
  await tabs.clock.advance(1_000);

  const b = take(tabs.open(), true);
  await settled();

  expect([a.state, b.state]).toEqual(['lost', 'held']);
});

test('[L63] waiting ends when it is given up', async () => {
  const tabs = new Tabs();
  take(tabs.open());
  await tabs.clock.advance(1_000);
  const b = take(tabs.open());
  await tabs.clock.advance(2_000);

  b.stop.abort();
  await tabs.clock.advance(10_000);

  expect(b.state).toBe('aborted');
});
