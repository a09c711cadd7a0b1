import { describe } from 'vitest';
import { openLibraryWire, startFakeSource } from '../../../test/fake-source.ts';
import { lookupSourceContract } from '../../contracts/lookup-source.ts';
import { createOpenLibrary } from './lookup-source.ts';

/** The parts of https://openlibrary.org/dev/docs/api/books that we read, in its shape, with some that we do not. */
const book = {
  url: 'https://openlibrary.org/books/OL22853304M/Slow_reading',
  title: 'Slow reading',
  authors: [{ url: 'https://openlibrary.org/authors/OL6548935A/John_Miedema', name: 'John Miedema' }],
  identifiers: { isbn_10: ['1234567890', '0980020042'], isbn_13: ['9780980200447'], lccn: ['2008054742'] },
  publishers: [{ name: 'Litwin Books' }],
  publish_date: 'March 2009',
  number_of_pages: 92,
  cover: { small: 'https://covers.openlibrary.org/b/id/5546156-S.jpg' },
};

describe('Open Library', () => {
  lookupSourceContract(
    async () => {
      const service = await startFakeSource(openLibraryWire);
      return { service, source: createOpenLibrary({ baseUrl: service.url, agent: 'Cacaw/0 (http://localhost)' }) };
    },
    {
      text: '9780980200447',
      answer: { 'ISBN:9780980200447': book },
      found: [
        {
          source: 'open-library',
          name: 'Slow reading',
          type: 'book',
          series: '',
          description: 'John Miedema\nLitwin Books, March 2009\n92 pages',
          barcodes: ['9780980200447'],
          prices: [],
        },
      ],
      answerOf: ({ name }) => ({ 'ISBN:9780980200447': { title: name } }),
      manyOf: (count) => ({ 'ISBN:9780980200447': { ...book, authors: Array.from({ length: count }, () => book.authors[0]) } }),
      nothing: { json: {} },
    },
  );
});
