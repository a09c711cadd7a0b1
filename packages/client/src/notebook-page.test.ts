import fc from 'fast-check';
import { expect, test } from 'vitest';
import * as Y from 'yjs';
import { formatText, pageToMarkdown, readLines, replaceText, setLineKind, toggleCheck } from './notebook-page.ts';

const newPage = (text = ''): Y.Text => {
  const page = new Y.Doc().getText('page');
  replaceText(page, { at: 0, remove: 0, insert: text });
  return page;
};
const kinds = (page: Y.Text): readonly string[] => readLines(page).map(({ kind, text }) => `${kind}:${text}`);

test('[L75] a page is read as lines with what stands on them', () => {
  const page = newPage('Shopping\nmilk\neggs');
  setLineKind(page, 0, 'heading');
  setLineKind(page, 1, 'open');
  setLineKind(page, 2, 'done');
  formatText(page, { at: 9, length: 2, look: { bold: true } });

  expect(kinds(page)).toEqual(['heading:Shopping', 'open:milk', 'done:eggs', 'text:']);
  expect(readLines(page)[1]?.spans).toEqual([
    { text: 'mi', bold: true, italic: false },
    { text: 'lk', bold: false, italic: false },
  ]);
  expect(pageToMarkdown(page)).toBe('# Shopping\n- [ ] **mi**lk\n- [x] eggs\n');
});

test('[L75] Enter continues a checklist with an open entry and ends a heading', () => {
  const page = newPage('Title\nmilk');
  setLineKind(page, 0, 'heading');
  setLineKind(page, 1, 'done');

  replaceText(page, { at: 10, remove: 0, insert: '\neggs' });
  replaceText(page, { at: 5, remove: 0, insert: '\nbelow' });

  expect(kinds(page)).toEqual(['heading:Title', 'text:below', 'done:milk', 'open:eggs', 'text:']);
});

test('[L75] ticking goes from open to done and back', () => {
  const page = newPage('milk\n');
  for (const kind of ['open', 'done', 'open']) {
    toggleCheck(page, 0);
    expect(readLines(page)[0]?.kind).toBe(kind);
  }
});

test('[L75] typing goes on in the look of the character before, and never takes over what a line is', () => {
  const page = newPage('ab\n');
  formatText(page, { at: 0, length: 2, look: { bold: true, italic: true } });
  setLineKind(page, 0, 'open');
  replaceText(page, { at: 2, remove: 0, insert: 'c' });
  replaceText(page, { at: 4, remove: 0, insert: 'below' });

  expect(kinds(page)).toEqual(['open:abc', 'text:below']);
  expect(readLines(page)[0]?.spans).toEqual([{ text: 'abc', bold: true, italic: true }]);
  expect(readLines(page)[1]?.spans).toEqual([{ text: 'below', bold: false, italic: false }]);
});

const edit = fc.oneof(
  fc.record({
    op: fc.constant('type' as const),
    at: fc.nat(200),
    remove: fc.nat(3),
    insert: fc.constantFrom('a', 'bc', '\n', 'd\ne', '🐦'),
  }),
  fc.record({ op: fc.constant('look' as const), at: fc.nat(200), length: fc.nat(5), bold: fc.boolean() }),
  fc.record({ op: fc.constant('line' as const), line: fc.nat(20), kind: fc.constantFrom('text', 'heading', 'open', 'done') }),
);

test('[L75] two people who edit at the same time read the same page, made of the text the document holds', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(1), edit, fc.boolean()), { maxLength: 40 }), (steps) => {
      const docs = [new Y.Doc(), new Y.Doc()] as const;
      const exchange = (): void => {
        Y.applyUpdate(docs[0], Y.encodeStateAsUpdate(docs[1]), 'peer');
        Y.applyUpdate(docs[1], Y.encodeStateAsUpdate(docs[0]), 'peer');
      };
      for (const [who, step, meet] of steps) {
        const page = (who === 0 ? docs[0] : docs[1]).getText('page');
        const at = 'at' in step ? step.at % (page.length + 1) : 0;
        if (step.op === 'type') replaceText(page, { at, remove: Math.min(step.remove, page.length - at), insert: step.insert });
        else if (step.op === 'look') formatText(page, { at, length: Math.min(step.length, page.length - at), look: { bold: step.bold } });
        else setLineKind(page, step.line % readLines(page).length, step.kind as 'text');
        if (meet) exchange();
      }
      exchange();
      const [mine, theirs] = docs.map((doc) => doc.getText('page'));
      if (mine === undefined || theirs === undefined) throw new Error('two documents were made');
      expect(readLines(mine)).toEqual(readLines(theirs));
      expect(
        readLines(mine)
          .map(({ text }) => text)
          .join('\n'),
      ).toBe(mine.toJSON());
      for (const { start, text } of readLines(mine)) expect(mine.toJSON().slice(start, start + text.length)).toBe(text);
    }),
    { numRuns: 300 },
  );
});
