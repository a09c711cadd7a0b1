import { expect, it } from 'vitest';
import { corrected, newLesson } from '../contracts/lessons.ts';
import { seededRandom } from '../contracts/log-fixture.ts';
import { accuracyLines } from './accuracy-table.ts';
import { countsOf, namesAmong, sumOf } from './accuracy.ts';

it('[LE12] how often a detector was right is a table for each type of collection, source, model and prompt', () => {
  const random = seededRandom('table');
  const lessons = [
    newLesson(random),
    newLesson(random, corrected),
    newLesson(random, { outcome: 'rejected', final: null }),
    newLesson(random, { source: 'on-device', model: 'tesseract', collectionType: 'books' }),
  ];

  expect(accuracyLines(sumOf(lessons.flatMap((lesson) => countsOf(lesson, namesAmong(lessons)))))).toEqual([
    'trading-cards, by gemini gemini-2.5-flash, prompt 2',
    '                       right  accepted   changed  rejected    missed',
    '  name                 100 %         2         0',
    '  type                 100 %         2         0',
    '  series                50 %         1         1',
    '  condition            100 %         2         0',
    '  estimatedValue       100 %         2         0',
    '  currency             100 %         2         0',
    '  tags                 100 %         2         0',
    '  whole proposal        33 %         1         1         1         0',
    '',
    'books, by on-device tesseract, prompt 2',
    '                       right  accepted   changed  rejected    missed',
    ...['name', 'type', 'series', 'condition', 'estimatedValue', 'currency', 'tags'].map(
      (field) => `  ${field.padEnd(16)}     100 %         1         0`,
    ),
    '  whole proposal       100 %         1         0         0         0',
  ]);
  expect(accuracyLines([])).toEqual([]);
});
