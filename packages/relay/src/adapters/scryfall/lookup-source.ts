import * as v from 'valibot';
import { foundOf } from '../../lookup/found.ts';
import { maxFound, type LookupPlace, type LookupSource } from '../../ports/lookup-source.ts';
import { readJson } from '../bounded-json.ts';

const price = v.optional(v.nullable(v.string()));
const cards = v.object({
  object: v.literal('list'),
  data: v.array(
    v.object({
      name: v.string(),
      set_name: v.string(),
      collector_number: v.string(),
      rarity: v.optional(v.string(), ''),
      lang: v.optional(v.string(), ''),
      prices: v.optional(v.object({ usd: price, usd_foil: price, eur: price, eur_foil: price }), {}),
    }),
  ),
});

/**
 * Printings of a Magic card by its name, newest first (https://scryfall.com/docs/api/cards/search). It wants a `User-Agent` and an `Accept` and ten questions a
 * second at most; a page holds 175 cards, of which ours takes the first ones, so that no `next_page` is followed.
 */
export const createScryfall = ({ baseUrl = 'https://api.scryfall.com', agent }: LookupPlace): LookupSource => ({
  name: 'scryfall',
  title: 'Scryfall',
  page: 'https://scryfall.com/docs/privacy',
  knows: 'card',
  gapMs: 100,
  async find({ text }, signal) {
    // Quoted, so that nothing of a name is read as the service's own search language.
    const query = new URLSearchParams({ q: `!"${text.replaceAll('"', ' ')}"`, unique: 'prints', order: 'released' });
    const answer = await readJson({ url: `${baseUrl}/cards/search?${query}`, agent, signal }, cards);
    return (answer?.data ?? []).slice(0, maxFound).flatMap((card) =>
      foundOf({
        source: 'scryfall',
        name: card.name,
        type: 'trading card',
        series: card.set_name,
        description: [[`No. ${card.collector_number}`, card.rarity, card.lang].filter(Boolean).join(', ')],
        prices: [
          { kind: 'market', amount: card.prices.eur ?? card.prices.eur_foil, currency: 'EUR' },
          { kind: 'market', amount: card.prices.usd ?? card.prices.usd_foil, currency: 'USD' },
        ],
      }),
    );
  },
});
