import type { Json, Stamp, WriterId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { base, startStamp } from '../test/arbitrary.ts';
import { Replica } from '../test/replica.ts';
import { Registers, type Write } from './registers.ts';

const at = (turn: number): Stamp => (startStamp + turn) as Stamp;
const set = (field: string, value: Json, turn: number): Write => ({ kind: 'set', row: 'lid00001', field, value, stamp: at(turn) });

test('[M20] one call is one transaction with one new struct, however many writes and births it holds', () => {
  const replica = new Replica(4_000_000_000);
  const births: Write[] = Array.from({ length: 128 }, (_, row) => ({
    kind: 'birth',
    row: `row${row}`,
    fields: { n: `Item ${row}`, C: 1 },
    stamp: at(0),
  }));

  replica.apply(base, [...births, set('n', 'one', 1), set('ds', 'two', 1)]);

  expect(replica.log).toHaveLength(1);
  expect(Y.decodeUpdate(replica.log[0]?.bytes ?? new Uint8Array()).structs).toHaveLength(1);
});

test('[M20] overwriting a register costs at most 61 bytes and leaves one entry standing', () => {
  const replica = new Replica(4_000_000_000);
  replica.apply(base, [set('n', 'first name', 0)]);
  for (let turn = 1; turn < 50; turn += 1) replica.apply(base, [set('n', 'other name', turn)]);

  for (const { bytes } of replica.log.slice(1)) expect(bytes.length).toBeLessThanOrEqual(61);
  expect(replica.open(base).doc.getArray('r').toArray()).toEqual([['lid00001', 'n', 'other name', at(49)]]);
});

test('[M20] Yjs keeps the very objects of array elements, by which superseded entries are found', () => {
  const doc = new Y.Doc();
  const entry = ['lid00001', 'n', 'x', 1];
  doc.getArray('r').push([entry, ['other', 'n', 'y', 1]]);

  expect(doc.getArray('r').get(0)).toBe(entry);
  expect(doc.getArray('r').toArray()[0]).toBe(entry);
});

test('[M21] a write the document already carries, or that loses to what stands, writes nothing', () => {
  const replica = new Replica(1);
  replica.apply(base, [set('n', 'newer', 5), { kind: 'birth', row: 'born', fields: { n: 'x' }, stamp: at(1) }]);
  const writes: readonly Write[] = [
    set('n', 'newer', 5),
    set('n', 'older', 4),
    { kind: 'birth', row: 'born', fields: { n: 'x' }, stamp: at(1) },
  ];

  const touched = replica.apply(base, writes);

  expect([...touched]).toEqual([]);
  expect(replica.log).toHaveLength(1);
});

test('[M21] a later write in the same call replaces an earlier one before it is stored', () => {
  const replica = new Replica(1);

  replica.apply(base, [
    set('n', 'a', 1),
    set('n', 'b', 2),
    { kind: 'count', row: 'lid00001', place: '', by: 2, stamp: at(1) },
    { kind: 'count', row: 'lid00001', place: '', by: 3, stamp: at(1) },
  ]);

  expect(replica.open(base).doc.getArray('r').toArray()).toEqual([
    ['lid00001', 'n', 'b', at(2)],
    ['lid00001', 'q:~1', 5, at(2)],
  ]);
});

test('[M22] listeners hear of rows that others changed, and not of own writes', () => {
  const [anna, ben] = [new Replica(1), new Replica(2)];
  const heard: string[] = [];
  anna.registers(base).onTouched((rows) => heard.push(...rows));
  anna.registers('notes.SSSSSS').onTouched((rows) => heard.push(...rows));
  anna.apply(base, [set('n', 'mine', 1)]);
  ben.apply(base, [{ kind: 'birth', row: 'theirs', fields: { n: 'x' }, stamp: at(1) }]);
  ben.apply('notes.SSSSSS', [{ kind: 'note', row: 'noted', before: '', after: 'text' }]);

  anna.pull(ben);

  expect(heard.sort()).toEqual(['noted', 'theirs']);
});

test('[M22] every value that stands unseen by the others is listed, the visible one first', () => {
  const [anna, ben] = [new Replica(1), new Replica(2)];
  anna.apply(base, [set('n', 'from Anna', 2)]);
  ben.apply(base, [set('n', 'from Ben', 3)]);

  anna.pull(ben);

  expect(
    anna
      .registers(base)
      .standing('lid00001', 'n')
      .map((one) => one.value),
  ).toEqual(['from Ben', 'from Anna']);
  anna.apply(base, [set('n', 'settled', 4)]);
  expect(
    anna
      .registers(base)
      .standing('lid00001', 'n')
      .map((one) => one.value),
  ).toEqual(['settled']);
});

test('[M11] a purge run again deletes nothing that its author had not seen', () => {
  const replica = new Replica(1);
  replica.apply(base, [set('n', 'seen', 1), set('ds', 'unseen', 2)]);

  replica.apply(base, [{ kind: 'purge', row: 'lid00001', stamp: at(3), seen: { n: at(1) } }]);

  expect(Object.fromEntries(replica.registers(base).row('lid00001') ?? [])).toEqual({
    ds: { value: 'unseen', stamp: at(2) },
    Z: { value: 1, stamp: at(3) },
  });
});

test('[M3] a row that has lost all its entries is gone', () => {
  const replica = new Replica(1);
  replica.apply(base, [set('n', 'x', 1)]);
  const attacker = new Replica(2);
  attacker.pull(replica);
  attacker.open(base).doc.transact(() => attacker.open(base).doc.getArray('r').delete(0, 1), 'attack');

  replica.pull(attacker);

  expect([...replica.registers(base).rows()]).toEqual([]);
  expect(replica.registers(base).births).toBe(0);
});

test('[M20] registers built on a filled document equal those that grew with it', () => {
  const replica = new Replica(1);
  replica.apply(base, [set('n', 'x', 1), set('n', 'y', 2)]);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(replica.open(base).doc), 'store');

  const registers = new Registers(doc);
  registers.apply([set('n', 'z', 3)], 9 as WriterId, 'own');

  expect(registers.get('lid00001', 'n')).toEqual({ value: 'z', stamp: at(3) });
  expect(doc.getArray('r').length).toBe(1);
});
