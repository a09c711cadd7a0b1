import { describe, expect, it } from 'vitest';
import { emptyGuardState, type GuardState } from './verdict.ts';
import { free, judge, named, notes, nowStamp, root, writer, type Push } from '../../test/guarded.ts';
import { deletions, elementsAtRoot, oneBlock, UpdateBytes } from '../../test/yjs-bytes.ts';

/** The rule and kind an update is refused with, or `accepted`. */
function outcome(bytes: Uint8Array, push?: Push): string {
  const verdict = judge(bytes, push);
  return verdict.ok ? 'accepted' : `${verdict.rule} ${verdict.kind}`;
}

const known = (...pairs: readonly (readonly [number, number])[]): GuardState => ({ ...emptyGuardState, stateVector: new Map(pairs) });
const birth = ['abcdefgh', 0, { n: 'box' }, nowStamp];
const deletedAtRoot = (length: number): Uint8Array => oneBlock({}, (to) => to.bytes(1).uints(1).text('r').uints(length));

describe('counts and lengths', () => {
  it('[G1] 33 million claimed structs in 8 bytes are refused without reserving room for them', () => {
    expect(outcome(new UpdateBytes().uints(1, 33_000_000, 77, 0).finish())).toBe('G1 rule');
  });

  it('[G1] 32,000 unresolvable writers in one update are refused', () => {
    const to = new UpdateBytes().uints(32_000);
    for (let client = 1; client <= 32_000; client += 1)
      to.uints(1, client, 0)
        .bytes(8 + 128)
        .uints(9, 9, 1)
        .any(birth);
    expect(outcome(to.uints(0).finish(), { by: 'repair' })).toBe('G1 rule');
  });

  it.each([2 ** 40, 2 ** 50])('[G1] a claimed length of %d is refused for text, bytes, lists, objects and deletions', (length) => {
    const element = (tag: number): Uint8Array => oneBlock({}, (to) => to.bytes(8).uints(1).text('r').uints(1).bytes(tag).uints(length));
    const claims = [element(119), element(117), element(118), new UpdateBytes().uints(0, length).finish()];
    const binary = oneBlock({}, (to) => to.bytes(3).uints(1).text('r').uints(length));

    expect(claims.map((one) => outcome(one))).toEqual(['G1 rule', 'G1 rule', 'G1 rule', 'G1 rule']);
    expect(outcome(binary, { document: free })).toBe('G1 rule');
  });

  it('[G1] 200,000 roots or a million collected ranges are refused by their number', () => {
    const roots = oneBlock({ count: 200_000 }, (to) => {
      for (let index = 0; index < 200_000; index += 1) to.bytes(8, 1, 1, 65 + (index % 26), 1, 126);
    });
    const ranges = Uint8Array.from({ length: 2_000_010 }, (_, at) => [1, 0xc0, 0x84, 0x3d, 77, 0][at] ?? at % 2);
    expect([roots, ranges].map((bytes) => outcome(bytes, { document: free }))).toEqual(['G1 rule', 'G1 rule']);
  });

  it('[G1] bytes after the end are refused', () => {
    expect(outcome(Uint8Array.from([...elementsAtRoot([birth]), 0]))).toBe('G1 rule');
  });

  it('[G1] an update over the size limit is refused unread', () => {
    expect(outcome(new Uint8Array(1024 * 1024 + 1))).toBe('G1 rule');
  });

  it('[G1] text that is no UTF-8 is refused', () => {
    const bytes = oneBlock({}, (to) => to.bytes(8).uints(1).text('r').uints(1).bytes(119, 1, 0xff));
    expect(outcome(bytes)).toBe('G1 rule');
  });
});

describe('structs', () => {
  it('[G2] a zero-length deletion, collected range or list is refused', () => {
    const collected = oneBlock({}, (to) => to.bytes(0).uints(0));

    expect(outcome(deletedAtRoot(0))).toBe('G2 rule');
    expect(outcome(elementsAtRoot([]))).toBe('G2 rule');
    expect(outcome(collected, { document: free })).toBe('G2 rule');
  });

  it('[G2] skipped ranges, unknown contents and unknown types are refused', () => {
    const content = (ref: number, document = free): string =>
      outcome(
        oneBlock({}, (to) => to.bytes(ref).uints(1).text('x').uints(1)),
        { document },
      );

    expect(
      outcome(
        oneBlock({}, (to) => to.bytes(10).uints(5)),
        { document: free },
      ),
    ).toBe('G14 rule');
    expect([11, 12, 31].map((ref) => content(ref))).toEqual(['G14 rule', 'G14 rule', 'G14 rule']);
    expect(
      outcome(
        oneBlock({}, (to) => to.bytes(7).uints(1).text('x').uints(9)),
        { document: free },
      ),
    ).toBe('G2 rule');
  });

  it('[G2] two blocks of one writer are refused, because Yjs drops the first', () => {
    const to = new UpdateBytes().uints(2);
    for (const clock of [0, 0]) to.uints(1, 77, clock).bytes(8).uints(1).text('r').uints(1).any(birth);
    expect(outcome(to.uints(0).finish())).toBe('G2 rule');
  });

  it('[G2] a block without structs is refused', () => {
    expect(outcome(new UpdateBytes().uints(1, 0, 77, 0, 0, 0).finish())).toBe('G2 rule');
  });
});

describe('causality', () => {
  const child = (client: number, clock: number): Uint8Array =>
    oneBlock({ clock: 3 }, (to) =>
      to
        .bytes(8 + 128)
        .uints(client, clock, 1)
        .any(birth),
    );

  it('[G3] a struct that follows itself or its own future is refused', () => {
    expect(outcome(child(77, 3), { state: known([77, 3]) })).toBe('G3 rule');
    expect(outcome(child(77, 9), { state: known([77, 3]) })).toBe('G3 rule');
  });

  it('[G3] a parent in its own future is refused', () => {
    const bytes = oneBlock({}, (to) => to.bytes(4).uints(0, 77, 5).text('x'));
    expect(outcome(bytes, { document: free })).toBe('G3 rule');
  });

  it('[G3] what follows structs the relay lacks is a gap, and nothing of it is kept', () => {
    expect(outcome(child(5, 0), { state: known([77, 3]) })).toBe('G3 gap');
    expect(outcome(child(77, 2), { state: known([77, 1]) })).toBe('G3 gap');
    expect(outcome(child(77, 2))).toBe('G3 gap');
  });

  it('[G3] writers whose structs wait for each other in a circle are refused', () => {
    const to = new UpdateBytes().uints(2);
    to.uints(1, 8, 0)
      .bytes(8 + 128)
      .uints(7, 0, 1)
      .any(birth);
    to.uints(1, 7, 0)
      .bytes(8 + 128)
      .uints(8, 0, 1)
      .any(birth);
    expect(outcome(to.uints(0).finish(), { by: 'repair' })).toBe('G3 rule');
  });

  it('[G3] writers whose structs follow each other in order are accepted from a repair', () => {
    const to = new UpdateBytes().uints(2);
    to.uints(1, 8, 0)
      .bytes(8 + 128)
      .uints(7, 0, 1)
      .any(birth);
    to.uints(2, 7, 0)
      .bytes(8)
      .uints(1)
      .text('r')
      .uints(1)
      .any(birth)
      .bytes(8 + 128)
      .uints(8, 0, 1)
      .any(birth);
    expect(outcome(to.uints(0).finish(), { by: 'repair' })).toBe('accepted');
  });

  it('[G4] deleting what somebody has not written yet is a gap', () => {
    expect(outcome(deletions([[5, 0, 1]]))).toBe('G4 gap');
    expect(outcome(deletions([[5, 2, 2]]), { state: known([5, 3]) })).toBe('G4 gap');
  });

  it('[G4] a deletion of length zero is refused', () => {
    expect(outcome(deletions([[5, 0, 0]]), { state: known([5, 3]) })).toBe('G4 rule');
  });

  it('[G5] a clock may not run away', () => {
    expect(outcome(deletedAtRoot(2 ** 20 + 1))).toBe('G5 rule');
    expect(outcome(deletedAtRoot(2 ** 45))).toBe('G5 rule');
    expect(outcome(deletedAtRoot(2 ** 20))).toBe('accepted');
  });
});

describe('writers', () => {
  it('[G6] nobody is muted: structs under another writer id are refused, collected ranges included', () => {
    const range = oneBlock({ client: 5 }, (to) => to.bytes(0).uints(2 ** 45));
    const entry = oneBlock({ client: 5 }, (to) => to.bytes(8).uints(1).text('r').uints(1).any(birth));

    expect(outcome(range)).toBe('G6 rule');
    expect(outcome(entry)).toBe('G6 rule');
    expect(outcome(entry, { document: notes })).toBe('G6 rule');
    expect(outcome(entry, { by: 'repair' })).toBe('accepted');
  });

  it('[G6] other content under clocks committed already is a taken writer id', () => {
    expect(outcome(elementsAtRoot([birth]), { state: known([77, 1]) })).toBe('G6 writer-taken');
  });
});

describe('views', () => {
  it('[G1] bytes that lie inside a larger buffer of Node are judged like any others', () => {
    const bytes = elementsAtRoot([['abcdefgh', 'w', 0.1, nowStamp]]);
    const inside = Buffer.concat([Buffer.from([9, 9, 9]), bytes, Buffer.from([9])]).subarray(3, 3 + bytes.length);
    expect(judge(inside)).toEqual(judge(bytes));
    expect(outcome(inside)).toBe('accepted');
  });
});

describe('repairs', () => {
  it('[G3] other content under committed clocks is refused from a repair too, which is asked again', () => {
    expect(outcome(elementsAtRoot([birth]), { state: known([77, 1]), by: 'repair' })).toBe('G3 gap');
  });
});

describe('register documents', () => {
  const struct = (info: number, write: (to: UpdateBytes) => void): Uint8Array =>
    oneBlock({ clock: 3 }, (to) => {
      to.bytes(info);
      write(to);
    });
  const state = known([77, 3], [5, 9]);

  it('[G7] only root r, and nothing under a key or inside another type', () => {
    expect(outcome(elementsAtRoot([birth], 'x'))).toBe('G7 rule');
    expect(outcome(elementsAtRoot([birth], '__proto__'))).toBe('G8 rule');
    expect(
      outcome(
        oneBlock({}, (to) =>
          to
            .bytes(8 + 32)
            .uints(1)
            .text('r')
            .text('key')
            .uints(1)
            .any(birth),
        ),
      ),
    ).toBe('G7 rule');
    expect(
      outcome(
        oneBlock({}, (to) => to.bytes(8).uints(0, 5, 0, 1).any(birth)),
        { state: known([5, 9]) },
      ),
    ).toBe('G7 rule');
  });

  it.each([0, 2, 3, 4, 5, 6, 7, 9, 10, 11])('[G7] content %d is refused', (ref) => {
    expect(outcome(oneBlock({}, (to) => to.bytes(ref).uints(1).text('r').uints(1).text('x').text('x')))).toBe('G7 rule');
  });

  it('[G7] entries are appended at the end, never inserted', () => {
    const inserted = struct(8 + 128 + 64, (to) => to.uints(5, 1, 5, 2, 1).any(birth));
    const prepended = struct(8 + 64, (to) => to.uints(5, 0, 1).any(birth));
    const anew = struct(8, (to) => to.uints(1).text('r').uints(1).any(birth));
    const afterOlderOwn = struct(8 + 128, (to) => to.uints(77, 1, 1).any(birth));

    expect([inserted, prepended, anew, afterOlderOwn].map((one) => outcome(one, { state }))).toEqual([
      'G7 rule',
      'G7 rule',
      'G7 rule',
      'G7 rule',
    ]);
  });

  it('[G7] a thousand entries at one place are refused at the second', () => {
    const bytes = oneBlock({ clock: 3, count: 1000 }, (to) => {
      for (let index = 0; index < 1000; index += 1)
        to.bytes(8 + 128)
          .uints(5, 8, 1)
          .any(birth);
    });
    expect(outcome(bytes, { state })).toBe('G7 rule');
  });

  it('[G7] entries that each follow another one of somebody else are refused, but for a repair', () => {
    const following = (count: number): Uint8Array =>
      oneBlock({ clock: 3, count }, (to) => {
        for (let index = 0; index < count; index += 1)
          to.bytes(8 + 128)
            .uints(5, index, 1)
            .any(birth);
      });
    const long = known([77, 3], [5, 10_000]);

    expect([32, 33].map((count) => outcome(following(count), { state: long }))).toEqual(['accepted', 'G7 rule']);
    expect(outcome(following(33), { state: long, by: 'repair' })).toBe('accepted');
  });

  it('[G15] proposals are refused until they have rules', () => {
    expect(outcome(elementsAtRoot([birth]), { document: named('proposals.abc.0') })).toBe('G15 rule');
  });
});

describe('values', () => {
  const withValue = (value: unknown): string => outcome(elementsAtRoot([['abcdefgh', 'unknown', value, nowStamp]]));
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);

  it('[G8] bigints, bytes, undefined, NaN, infinities and -0 are refused', () => {
    const values = [1n, new Uint8Array(1), undefined, Number.NaN, Number.POSITIVE_INFINITY, -0];
    expect(values.map((value) => withValue(value))).toEqual(values.map(() => 'G8 rule'));
    expect(
      outcome(
        oneBlock({}, (to) =>
          to.bytes(8).uints(1).text('r').uints(1).bytes(117, 4, 119).text('abcdefgh').bytes(119).text('x').bytes(125, 64),
        ),
      ),
    ).toBe('G8 rule');
  });

  it('[G8] the key __proto__, repeated keys and long keys are refused', () => {
    const object = (...keys: readonly string[]): string =>
      outcome(
        oneBlock({}, (to) => {
          to.bytes(8).uints(1).text('r').uints(1).bytes(117, 4, 119).text('abcdefgh').bytes(119).text('x').bytes(118).uints(keys.length);
          for (const key of keys) to.text(key).any(1);
          to.any(nowStamp);
        }),
      );

    expect(object('a', 'b')).toBe('accepted');
    expect([object('__proto__'), object('a', 'a'), object('k'.repeat(257))]).toEqual(['G8 rule', 'G8 rule', 'G8 rule']);
  });

  it('[G8] nesting is refused beyond what a value may have, however deep', () => {
    expect(withValue(nested(16))).toBe('accepted');
    expect(withValue(nested(40))).toBe('G8 rule');
    const deep = oneBlock({}, (to) =>
      to
        .bytes(8)
        .uints(1)
        .text('r')
        .uints(1)
        .bytes(...Array.from({ length: 40_000 }, (_, at) => (at % 2 === 0 ? 117 : 1))),
    );
    expect(outcome(deep)).toBe('G8 rule');
  });

  it('[G8] elements that are no entries are refused', () => {
    const elements = [
      'x',
      null,
      {},
      [],
      ['abcdefgh', 'n', 'x'],
      ['abcdefgh', 'n', 'x', -1],
      ['', 'n', 'x', 5],
      ['abcdefgh', 0, 'x', 5],
      ['abcdefgh', '', 1, 5],
      ['abcdefgh', 'n', 'x', 2 ** 40],
    ];
    expect(elements.map((one) => outcome(elementsAtRoot([one])))).toEqual(elements.map(() => 'G8 rule'));
  });

  it('[G8] an entry may take 64 KiB and no more', () => {
    expect(withValue('x'.repeat(60_000))).toBe('accepted');
    expect(withValue('x'.repeat(66_000))).toBe('G8 rule');
  });
});

describe('fields', () => {
  const withField = (field: string, value: unknown): string => outcome(elementsAtRoot([['abcdefgh', field, value, nowStamp]]));

  it('[G9] declared fields are held to their kind and limits', () => {
    const fine: [string, unknown][] = [
      ['n', 'x'.repeat(20)],
      ['p', ''],
      ['i', -100],
      ['w', 0.5],
      ['ar', 1],
      ['ar', false],
      ['C', 5],
      ['D', null],
      ['a', '2026-11-22'],
      ['a', ''],
      ['t:red', 1],
      ['x:k', 'x'.repeat(20)],
      ['x:k', null],
    ];
    const wrong: [string, unknown][] = [
      ['n', 'x'.repeat(21)],
      ['n', 5],
      ['p', 'x'.repeat(65)],
      ['i', 101],
      ['i', 0.5],
      // A row whose birth no device can read as a time is shown to nobody, not even in the trash.
      ['C', 0.5],
      ['D', 2 ** 53],
      ['w', 1001],
      ['ar', 2],
      ['C', null],
      ['a', 'today'],
      ['t:red', 'x'],
      ['t:a very long tag', 1],
      ['x:k', 'x'.repeat(21)],
      ['Z', 'x'],
    ];

    expect(fine.map((one) => withField(...one))).toEqual(fine.map(() => 'accepted'));
    expect(wrong.map((one) => withField(...one))).toEqual(wrong.map(() => 'G9 rule'));
  });

  it('[G9] money is whole minor units and a currency', () => {
    expect(withField('ev', { a: 1250, u: 'EUR' })).toBe('accepted');
    expect([{ a: 1.5, u: 'EUR' }, { a: 1 }, { a: 1e13, u: 'EUR' }, 5].map((one) => withField('ev', one))).toEqual([
      'G9 rule',
      'G9 rule',
      'G9 rule',
      'G9 rule',
    ]);
  });

  it('[G9] fields and rows of a newer app pass', () => {
    expect(withField('new', { any: [1, 'x'] })).toBe('accepted');
    expect(withField('new:key', 1)).toBe('accepted');
    expect(outcome(elementsAtRoot([['Qxyz', 'n', 5, nowStamp]]), { document: root })).toBe('accepted');
    expect(outcome(elementsAtRoot([['Fxyz', 'n', 5, nowStamp]]), { document: root })).toBe('G9 rule');
  });

  it('[G9] fields of a bundle are held to the same rules', () => {
    expect(outcome(elementsAtRoot([['abcdefgh', 0, { n: 5 }, nowStamp]]))).toBe('G9 rule');
  });

  it('[G9] a row of a shard is named by a local id', () => {
    expect(outcome(elementsAtRoot([['abc', 'n', 'x', nowStamp]]))).toBe('G9 rule');
  });

  it('[G10] a counter is written by its own writer only', () => {
    expect(withField('q:abc~77', 5)).toBe('accepted');
    expect([withField('q:abc~78', 5), withField('q:abc~', 5), withField('q:a~77~78', 5)]).toEqual(['G10 rule', 'G10 rule', 'G10 rule']);
    expect(outcome(elementsAtRoot([['abcdefgh', 0, { 'q:~78': 5 }, nowStamp]]))).toBe('G10 rule');
    expect(outcome(elementsAtRoot([['abcdefgh', 'q:~78', 5, nowStamp]]), { by: 'repair' })).toBe('accepted');
  });

  it('[G11] a stamp more than ten minutes ahead of server time is refused with clock', () => {
    const stamped = (stamp: number): string => outcome(elementsAtRoot([['abcdefgh', 'n', 'x', stamp]]));
    expect(stamped(nowStamp + 2400)).toBe('accepted');
    expect(stamped(nowStamp + 2401)).toBe('G11 clock');
    expect(outcome(elementsAtRoot([['abcdefgh', 0, { n: ['x', nowStamp + 2401] }, 0]]), { by: 'repair' })).toBe('G11 clock');
  });

  it('[G11] folded bundles come from the mint, never from a writer', () => {
    const folded = elementsAtRoot([['abcdefgh', 0, { n: ['x', nowStamp] }, 0]]);
    expect(outcome(folded)).toBe('G11 rule');
    expect(outcome(folded, { by: 'repair' })).toBe('accepted');
  });

  it('[G12] a shard holds 512 births and no more', () => {
    const births = (count: number): Uint8Array => elementsAtRoot(Array.from({ length: count }, () => birth));
    const full = { ...known(), births: 511 };

    expect(outcome(births(512))).toBe('accepted');
    expect(outcome(births(513))).toBe('G12 rule');
    expect(outcome(births(1), { state: full })).toBe('accepted');
    expect(outcome(births(2), { state: full })).toBe('G12 rule');
    expect(outcome(births(2), { state: full, by: 'repair' })).toBe('accepted');
  });
});

describe('notes and free documents', () => {
  const typed = (rootName: string): Uint8Array => oneBlock({}, (to) => to.bytes(4).uints(1).text(rootName).text('hello'));

  it('[G13] a note is text under its row, by its own writer', () => {
    expect(outcome(typed('n/abcdefgh'), { document: notes })).toBe('accepted');
    expect(['n/abc', 'abcdefgh', 'r'].map((one) => outcome(typed(one), { document: notes }))).toEqual(['G13 rule', 'G13 rule', 'G13 rule']);
    expect(
      [3, 5, 6, 7, 8, 9].map((ref) =>
        outcome(
          oneBlock({}, (to) => to.bytes(ref).uints(1).text('n/abcdefgh').uints(1).any(1)),
          { document: notes },
        ),
      ),
    ).toEqual(Array.from({ length: 6 }, () => 'G13 rule'));
  });

  it('[G14] a free document takes every shared type, but no subdocument, bigint or __proto__', () => {
    const map = oneBlock({}, (to) =>
      to
        .bytes(7 + 32)
        .uints(1)
        .text('m')
        .text('key')
        .uints(1),
    );
    const subdocument = oneBlock({}, (to) => to.bytes(9).uints(1).text('m').text('guid').any({}));
    const proto = oneBlock({}, (to) =>
      to
        .bytes(8 + 32)
        .uints(1)
        .text('m')
        .text('__proto__')
        .uints(1)
        .any(1),
    );

    expect(outcome(map, { document: free, by: writer })).toBe('accepted');
    expect(outcome(subdocument, { document: free })).toBe('G14 rule');
    expect(outcome(proto, { document: free })).toBe('G8 rule');
    expect(outcome(elementsAtRoot([1n], 'm'), { document: free })).toBe('G8 rule');
  });

  it('[G14] JSON in a free document parses and stays shallow', () => {
    const json = (text: string): string =>
      outcome(
        oneBlock({}, (to) => to.bytes(2).uints(1).text('m').uints(1).text(text)),
        { document: free },
      );
    expect([json('{"a":[1]}'), json('undefined')]).toEqual(['accepted', 'accepted']);
    expect([json('{'), json('{"__proto__":1}'), json('['.repeat(3000) + ']'.repeat(3000))]).toEqual(['G8 rule', 'G8 rule', 'G8 rule']);
  });
});
