import { readProductCode } from '@cacaw/protocol';
import { lookupAnswer, lookupBody, lookupPath, lookupSourcesAnswer, type LookupSourcesAnswer } from '@cacaw/protocol/http';
import { Problem, route, type Route } from '../http/route.ts';
import type { Lookups } from '../lookup/lookups.ts';

/** `GET` and `POST /api/lookup`: what this relay may ask about things, and asking it. */
export const lookupRoutes = (lookups: Lookups): readonly Route[] => [
  route({
    method: 'get',
    path: lookupPath,
    operation: 'listLookupSources',
    summary: 'Services this relay may ask about barcodes and names. A service hears of nothing before a person has said that it may.',
    caller: 'account',
    limit: 'api',
    answers: { 200: lookupSourcesAnswer },
    problems: [],
    run: () => {
      const sources = lookups.sources.map(({ name, title, page, knows }) => ({ name, title, page, knows }));
      return Promise.resolve({ status: 200, body: { sources } satisfies LookupSourcesAnswer });
    },
  }),
  route({
    method: 'post',
    path: lookupPath,
    operation: 'lookUp',
    summary: 'What the named services know of a product or a trading card. They hear the text and nothing of who asks.',
    caller: 'account',
    limit: 'lookup',
    body: lookupBody,
    answers: { 200: lookupAnswer },
    audit: 'search',
    problems: ['unknown'],
    async run({ who, body: { subject, text, sources } }) {
      const code = subject === 'code' ? readProductCode(text)?.gtin : text;
      if (code === undefined) throw new Problem('unknown', `“${text}” is no EAN, UPC or ISBN, or was misread. Check its digits.`);
      return { status: 200, body: await lookups.find({ subject, text: code }, sources, who.account) };
    },
  }),
];
