import { describe, expect, it } from 'vitest';
import { canonicalNotes } from './canonical-notes.ts';

describe('the canonical text of a notes document', () => {
  it('[V8] holds every note with text, whatever the order they were made in, and nothing else', () => {
    const text = canonicalNotes([
      ['n/bbbbbbbb', 'two \ud800'],
      ['n/aaaaaaaa', 'one "é"'],
      ['n/cccccccc', ''],
      ['r', 'no note'],
    ]);

    expect(text).toBe('[["n/aaaaaaaa","one \\"é\\""],["n/bbbbbbbb","two \\ud800"]]');
    expect(canonicalNotes([])).toBe('[]');
  });

  it('[V8] tells apart what differs only in where a text ends', () => {
    expect(
      canonicalNotes([
        ['n/a', 'x'],
        ['n/b', 'y'],
      ]),
    ).not.toBe(canonicalNotes([['n/a', 'xn/by']]));
  });
});
