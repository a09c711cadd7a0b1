import { canonicalJson, canonicalize, type Json, type WriterId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { base, happenings, meet, play, runs, shown } from '../test/arbitrary.ts';
import { turnStamp } from '../test/log-world.ts';
import { Replica } from '../test/replica.ts';
import { mint } from './mint.ts';

const isStorable = (value: unknown): boolean => !JSON.stringify(value).includes('__proto__');

const freshFrom = (bytes: Uint8Array): Replica => {
  const reader = new Replica(77);
  reader.receive({ document: base, bytes });
  return reader;
};

test('[M14] fields nobody here knows survive editing, reading and minting unchanged', () => {
  fc.assert(
    fc.property(
      happenings(2),
      fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue().filter(isStorable)),
      (list, unknown) => {
        const { world } = play(list, 2);
        const [first, second] = world;
        if (first === undefined || second === undefined) return;
        const fields = canonicalize(
          Object.fromEntries(
            Object.entries(unknown)
              .filter(([key]) => key !== '__proto__')
              .map(([key, value]) => [`~${key}`, value]),
          ),
        ) as { [key: string]: Json };
        first.apply(base, [{ kind: 'birth', row: 'u', fields, stamp: turnStamp(5) }]);
        second.pull(first);
        second.apply(base, [{ kind: 'set', row: 'u', field: 'n', value: 'edited', stamp: turnStamp(6) }]);
        const read = freshFrom(mint([Y.encodeStateAsUpdate(second.open(base).doc)], 5 as WriterId));
        const kept = (field: string): string => canonicalJson(read.registers(base).get('u', field)?.value ?? null);
        expect(Object.entries(fields).filter(([field, value]) => kept(field) !== canonicalJson(value))).toEqual([]);
      },
    ),
    runs,
  );
});

test('[M14] an entry of a shape nobody here knows is carried into the new generation', () => {
  const replica = new Replica(1);
  const strange = ['a', 'n', { some: 'thing' }, 5, 'a fifth element'];
  replica.open(base).doc.getArray('r').push([strange]);

  const read = freshFrom(mint([Y.encodeStateAsUpdate(replica.open(base).doc)], 5 as WriterId));

  expect(read.open(base).doc.getArray('r').toArray()).toEqual([strange]);
});

test('[M7] minting the same content gives the same bytes, one struct for all rows', () => {
  fc.assert(
    fc.property(happenings(3), (list) => {
      const { world } = play(list, 3);
      meet(world);
      const bytes = world.map((one) => mint([Y.encodeStateAsUpdate(one.open(base).doc)], 5 as WriterId));
      const [first] = bytes;
      if (first === undefined) return;
      expect(shown(freshFrom(first))).toBe(world[0] === undefined ? '' : shown(world[0]));
      expect(new Set(bytes.map((one) => Buffer.from(one).toString('hex'))).size).toBe(1);
      expect(Y.decodeUpdate(first).structs.length).toBeLessThanOrEqual(1);
    }),
    runs,
  );
});

test('[M7] an incomplete document is not minted', () => {
  const replica = new Replica(1);
  for (const value of ['x', 'y']) replica.apply(base, [{ kind: 'set', row: 'a', field: value, value, stamp: turnStamp(1) }]);
  const [, second] = replica.log;

  expect(() => mint(second === undefined ? [] : [second.bytes], 5 as WriterId)).toThrow(/incomplete/);
});

test('[M7] notes are minted with their text', () => {
  const replica = new Replica(1);
  replica.apply('notes.SSSSSS', [{ kind: 'note', row: 'aaaaaaaa', before: '', after: 'Two\nlines' }]);

  const read = new Replica(2);
  read.receive({ document: 'notes.SSSSSS', bytes: mint([Y.encodeStateAsUpdate(replica.open('notes.SSSSSS').doc)], 5 as WriterId) });

  expect(read.registers('notes.SSSSSS').note('aaaaaaaa')).toBe('Two\nlines');
});
