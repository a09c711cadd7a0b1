import { describe, expect, it } from 'vitest';
import { scryfallWire, startFakeSource } from '../../../test/fake-source.ts';
import { lookupSourceContract } from '../../contracts/lookup-source.ts';
import { createScryfall } from './lookup-source.ts';

/** The shape documented at https://scryfall.com/docs/api/cards and https://scryfall.com/docs/api/lists, with fields that we do not read. */
const card = {
  object: 'card',
  id: 'b0faa7f2-b547-42c4-a810-839da50dadfe',
  lang: 'en',
  name: 'Black Lotus',
  set: 'vma',
  set_name: 'Vintage Masters',
  collector_number: '4',
  rarity: 'bonus',
  uri: 'https://api.scryfall.com/cards/b0faa7f2-b547-42c4-a810-839da50dadfe',
  prices: { usd: '1.50', usd_foil: null, eur: null, eur_foil: '2.25', tix: '0.03' },
};
const place = { agent: 'Cacaw/0 (http://localhost)' };

describe('Scryfall', () => {
  lookupSourceContract(
    async () => {
      const service = await startFakeSource(scryfallWire);
      return { service, source: createScryfall({ ...place, baseUrl: service.url }) };
    },
    {
      text: 'Black Lotus',
      answer: { object: 'list', total_cards: 1, has_more: false, data: [card] },
      found: [
        {
          source: 'scryfall',
          name: 'Black Lotus',
          type: 'trading card',
          series: 'Vintage Masters',
          description: 'No. 4, bonus, en',
          barcodes: [],
          prices: [
            { kind: 'market', amount: 2.25, currency: 'EUR' },
            { kind: 'market', amount: 1.5, currency: 'USD' },
          ],
        },
      ],
      answerOf: ({ name, price }) => ({
        object: 'list',
        data: [{ ...card, name, prices: { usd: typeof price === 'number' ? String(price) : price } }],
      }),
      manyOf: (count) => ({
        object: 'list',
        has_more: true,
        next_page: 'http://127.0.0.1:9/cards/search?page=2',
        data: Array.from({ length: count }, () => card),
      }),
      nothing: { status: 404, body: '{"object":"error","code":"not_found","status":404}' },
    },
  );

  it('[LU2] nothing of a name is read as its search language', async () => {
    const service = await startFakeSource(scryfallWire);
    await createScryfall({ ...place, baseUrl: service.url }).find(
      { subject: 'card', text: 'Fire" or set:lea' },
      new AbortController().signal,
    );

    expect(new URL(service.seen[0] ?? '', service.url).searchParams.get('q')).toBe('!"Fire  or set:lea"');
    await service.stop();
  });
});
