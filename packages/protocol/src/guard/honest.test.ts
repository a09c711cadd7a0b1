import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as named from '../../test/guarded.ts';
import { GuardedLog, Replica, replay } from '../../test/replicas.ts';
import { encodeState, encodeVector, mergeUpdates, vectorOf } from '../../test/yjs-facts.ts';
import { guardStateOf } from './guard.ts';

const action = fc.oneof(
  fc.record({ do: fc.constant('births' as const), who: fc.nat(2), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('write' as const), who: fc.nat(2), at: fc.nat(50), alsoDelete: fc.nat(3), deleteFirst: fc.boolean() }),
  fc.record({ do: fc.constant('batch' as const), who: fc.nat(2), at: fc.nat(50), times: fc.integer({ min: 1, max: 4 }) }),
  fc.record({
    do: fc.constant('type' as const),
    who: fc.nat(2),
    at: fc.nat(50),
    text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 6 }),
  }),
  fc.record({ do: fc.constant('erase' as const), who: fc.nat(2), at: fc.nat(50), count: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ do: fc.constant('push' as const), who: fc.nat(2), merged: fc.boolean() }),
  fc.record({ do: fc.constant('read' as const), who: fc.nat(2) }),
);
type Action = typeof action extends fc.Arbitrary<infer One> ? One : never;

function pushAll(replica: Replica, log: GuardedLog, merged: boolean): void {
  const waiting = replica.pending.splice(0);
  const updates = merged && waiting.length > 1 ? [mergeUpdates(waiting)] : waiting;
  for (const update of updates) expect(log.append(update, replica.writer)).toMatchObject({ ok: true });
}

function editNote(replica: Replica, one: Extract<Action, { readonly do: 'type' | 'erase' }>): void {
  const text = replica.doc.getText(`n/row0000${one.at % 3}`);
  const at = Math.min(one.at, text.length);
  replica.change(() => {
    if (one.do === 'type') text.insert(at, one.text);
    else text.delete(at, Math.min(one.count, text.length - at));
  });
}

function act(one: Action, replica: Replica, log: GuardedLog): void {
  if (one.do === 'births') replica.births(one.count);
  else if (one.do === 'write') replica.write(one.at, one);
  else if (one.do === 'push') pushAll(replica, log, one.merged);
  else if (one.do === 'read') replica.read(log.updates);
  else if (one.do === 'type' || one.do === 'erase') editNote(replica, one);
  else
    replica.change(() =>
      Array.from({ length: one.times }, (_, at) => replica.write(one.at + at, { deleteFirst: at % 2 === 0, alsoDelete: 2 })),
    );
}

function run(actions: readonly Action[], log: GuardedLog): readonly Replica[] {
  const replicas = [new Replica(3), new Replica(900_000), new Replica(0xffffffff)];
  for (const one of actions) act(one, replicas[one.who] as Replica, log);
  for (const replica of replicas) pushAll(replica, log, false);
  return replicas;
}

const isNoteAction = (one: Action): boolean => ['type', 'erase', 'push', 'read'].includes(one.do);

const isRowAction = (one: Action): boolean => !['type', 'erase'].includes(one.do);

describe('honest devices', () => {
  it('[G16] no update of a register document is refused, alone, batched or merged, whatever the order', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const log = new GuardedLog(named.rows);
        run(actions.filter(isRowAction), log);
        expect(vectorOf(replay(log.updates))).toEqual(sorted(log.state.stateVector));
      }),
      { numRuns: 1000 },
    );
  });

  it('[G16] no update of a note is refused', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        const log = new GuardedLog(named.notes);
        run(actions.filter(isNoteAction), log);
        expect(vectorOf(replay(log.updates))).toEqual(sorted(log.state.stateVector));
      }),
      { numRuns: 1000 },
    );
  });

  it('[G18] the state read from a snapshot by Yjs and its tail is the state the pushes led to', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat(), (actions, cut) => {
        const log = new GuardedLog(named.rows);
        run(actions.filter(isRowAction), log);
        const at = cut % (log.updates.length + 1);
        const snapshot = encodeState(replay(log.updates.slice(0, at)));

        const fromSnapshot = guardStateOf(named.rows, [snapshot, ...log.updates.slice(at)]);
        expect(guardStateOf(named.rows, log.updates)).toEqual(log.state);
        expect(sorted(fromSnapshot?.stateVector)).toEqual(sorted(log.state.stateVector));
      }),
      { numRuns: 300 },
    );
  });

  it('[G16] what a device holds beyond a restored log is taken back as a repair', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), fc.nat(), fc.nat(2), (actions, cut, who) => {
        const log = new GuardedLog(named.rows);
        const replica = run(actions.filter(isRowAction), log)[who] as Replica;
        replica.read(log.updates);
        const restored = new GuardedLog(named.rows);
        restored.updates.push(...log.updates.slice(0, cut % (log.updates.length + 1)));
        restored.state = guardStateOf(named.rows, restored.updates) ?? log.state;

        const repair = encodeState(replica.doc, encodeVector(restored.state.stateVector));
        expect(restored.append(repair, 'repair')).toMatchObject({ ok: true });
        expect(vectorOf(replay(restored.updates))).toEqual(vectorOf(replay(log.updates)));
      }),
      { numRuns: 300 },
    );
  });

  it('[G18] a log with a hole or an unreadable update has no state', () => {
    const log = new GuardedLog(named.rows);
    const replica = new Replica(5);
    for (const at of [1, 2, 3]) replica.write(at, { deleteFirst: true, alsoDelete: 0 });
    pushAll(replica, log, false);
    const [first, , third] = log.updates as [Uint8Array, Uint8Array, Uint8Array];

    expect(guardStateOf(named.rows, [first, third])).toBeUndefined();
    expect(guardStateOf(named.rows, [first.subarray(1)])).toBeUndefined();
    expect(guardStateOf(named.rows, [mergeUpdates([first, third])])).toBeUndefined();
  });
});

function sorted(vector: ReadonlyMap<number, number> | undefined): readonly (readonly [number, number])[] {
  return [...(vector ?? [])].filter(([, clock]) => clock > 0).sort(([a], [b]) => a - b);
}
