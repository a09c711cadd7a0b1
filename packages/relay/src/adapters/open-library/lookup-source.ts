import { readProductCode } from '@cacaw/protocol';
import type { LookupFound } from '@cacaw/protocol/http';
import * as v from 'valibot';
import { foundOf } from '../../lookup/found.ts';
import type { LookupPlace, LookupSource } from '../../ports/lookup-source.ts';
import { readJson } from '../bounded-json.ts';

const named = v.optional(v.array(v.object({ name: v.string() })), []);
const book = v.object({
  title: v.string(),
  subtitle: v.optional(v.string()),
  authors: named,
  publishers: named,
  publish_date: v.optional(v.string()),
  number_of_pages: v.optional(v.number()),
  identifiers: v.optional(v.object({ isbn_13: v.optional(v.array(v.string()), []) })),
});

/** Books by ISBN (https://openlibrary.org/dev/docs/api/books, `jscmd=data`); no prices. Asked under a name it allows three questions a second. */
export const createOpenLibrary = ({ baseUrl = 'https://openlibrary.org', agent }: LookupPlace): LookupSource => ({
  name: 'open-library',
  title: 'Open Library',
  page: 'https://archive.org/about/terms',
  knows: 'code',
  gapMs: 350,
  async find({ text }, signal) {
    if (readProductCode(text)?.isBook !== true) return [];
    const key = `ISBN:${text}`;
    const query = new URLSearchParams({ bibkeys: key, jscmd: 'data', format: 'json' });
    const answer = await readJson({ url: `${baseUrl}/api/books?${query}`, agent, signal }, v.object({ [key]: v.optional(book) }));
    return answer?.[key] === undefined ? [] : bookOf(text, answer[key]);
  },
});

function bookOf(isbn: string, said: v.InferOutput<typeof book>): readonly LookupFound[] {
  const { title, subtitle, authors, publishers, publish_date: date, number_of_pages: pages, identifiers } = said;
  return foundOf({
    source: 'open-library',
    name: subtitle === undefined ? title : `${title}: ${subtitle}`,
    type: 'book',
    description: [
      authors.map(({ name }) => name).join(', '),
      [...publishers.map(({ name }) => name), date].filter(Boolean).join(', '),
      pages === undefined ? undefined : `${pages} pages`,
    ],
    codes: [isbn, ...(identifiers?.isbn_13 ?? [])],
  });
}
