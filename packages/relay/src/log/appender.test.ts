import { describe, expect, it } from 'vitest';
import type { CollectionId, Seq } from '@cacaw/protocol';
import { LogUnavailable, type AppendOutcome, type AppendRequest, type UpdateLog } from '../ports/update-log.ts';
import { createManualClock, settle } from '../../test/manual-clock.ts';
import { createAppender, type Submission } from './appender.ts';

interface Call {
  readonly batch: readonly AppendRequest[];
  readonly answer: (outcomes?: readonly AppendOutcome[]) => void;
  readonly fail: (error: Error) => void;
}

/** An appender over a log whose every append the test answers itself. */
function open(): {
  readonly calls: Call[];
  readonly submit: (id: string, updates?: number, bytes?: number) => Promise<string>;
  readonly advance: (ms: number) => Promise<void>;
} {
  const calls: Call[] = [];
  const clock = createManualClock();
  const log = {
    append: (batch: readonly AppendRequest[]) =>
      new Promise<readonly AppendOutcome[]>((resolve, reject) =>
        calls.push({ batch, answer: (outcomes) => resolve(outcomes ?? batch.map(() => 'committed')), fail: reject }),
      ),
  } as UpdateLog;
  const appender = createAppender({ log, clock, probe: () => undefined });
  const submission = (id: string, updates: number, bytes: number): Submission => ({
    request: {
      collection: id as CollectionId,
      since: 0 as Seq,
      writers: [],
      documents: [],
      members: [],
      repeats: [],
      decide: () => ({ rows: [], writers: new Map(), generations: new Map() }),
    },
    updates,
    bytes,
  });
  return {
    calls,
    submit: (id, updates = 1, bytes = 10) => appender.submit(submission(id, updates, bytes)).catch((error: Error) => error.message),
    advance: (ms) => clock.advance(ms),
  };
}

const names = (call: Call | undefined): readonly string[] => call?.batch.map((one) => one.collection) ?? [];

describe('appender', () => {
  it('[K20] has one commit in flight; what arrives meanwhile shares the next, ordered by collection', async () => {
    const { calls, submit } = open();
    const first = submit('m');
    await settle();
    const rest = [submit('z'), submit('b'), submit('a')];
    await settle();
    expect(calls.map(names)).toEqual([['m']]);

    calls[0]?.answer();
    await settle();
    expect(calls.map(names)).toEqual([['m'], ['a', 'b', 'z']]);
    calls[1]?.answer(['committed', 'missing', 'committed']);

    expect(await Promise.all([first, ...rest])).toEqual(['committed', 'committed', 'missing', 'committed']);
  });

  it('[K20] keeps a batch within 256 updates and 1 MiB, a collection at most once, nobody for ever', async () => {
    const { calls, submit } = open();
    void submit('first');
    await settle();
    for (const [id, updates, bytes] of [
      ['a', 200, 10],
      ['b', 100, 10],
      ['c', 1, 2 * 1024 * 1024],
      ['a', 1, 10],
      ['d', 1, 10],
    ] as const)
      void submit(id, updates, bytes);

    for (let index = 0; index < 6; index += 1) {
      calls[index]?.answer();
      await settle();
    }

    expect(calls.map(names)).toEqual([['first'], ['a', 'd'], ['a', 'b'], ['c']]);
  });

  it('[K21] retries a failed batch collection by collection, so that a fault costs only its own', async () => {
    const { calls, submit } = open();
    void submit('first');
    await settle();
    const outcomes = [submit('a'), submit('bad'), submit('c')];
    calls[0]?.answer();
    await settle();

    calls[1]?.fail(new Error('planted'));
    for (let index = 2; index < 5; index += 1) {
      await settle();
      const call = calls[index];
      if (names(call)[0] === 'bad') call?.fail(new Error('planted'));
      else call?.answer();
    }

    expect(await Promise.all(outcomes)).toEqual(['committed', 'planted', 'committed']);
  });

  it('[K21] tells everybody of an outage at once, without trying each', async () => {
    const { calls, submit } = open();
    void submit('first');
    await settle();
    const outcomes = [submit('a'), submit('b')];
    calls[0]?.answer();
    await settle();

    calls[1]?.fail(new LogUnavailable('away'));

    expect(await Promise.all(outcomes)).toEqual(['away', 'away']);
    expect(calls).toHaveLength(2);
  });

  it('[K22] takes a held collection into the next batch without stalling others, and waits for it in the end', async () => {
    const { calls, submit, advance } = open();
    const held = submit('held');
    await settle();
    calls[0]?.answer(['held']);
    const other = submit('other');
    await settle();
    expect(names(calls[1])).toEqual(['held', 'other']);
    calls[1]?.answer(['held', 'committed']);
    expect(await other).toBe('committed');

    let skips = 0;
    for (; calls.at(-1)?.batch[0]?.patient !== true && skips < 20; skips += 1) {
      await advance(2);
      calls.at(-1)?.answer(['held']);
    }
    await advance(2);
    calls.at(-1)?.answer(['committed']);

    expect(await held).toBe('committed');
    expect(skips).toBeLessThan(12);
  });
});
