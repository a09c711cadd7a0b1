import * as v from 'valibot';
import { foundOf } from '../../lookup/found.ts';
import { maxFound, type LookupPlace, type LookupSource } from '../../ports/lookup-source.ts';
import { readJson } from '../bounded-json.ts';

const text = v.optional(v.nullable(v.string()), '');
const items = v.object({
  items: v.array(
    v.object({
      ean: text,
      upc: text,
      title: v.string(),
      brand: text,
      model: text,
      color: text,
      size: text,
      category: text,
      description: text,
      currency: text,
      lowest_recorded_price: v.optional(v.unknown()),
      highest_recorded_price: v.optional(v.unknown()),
    }),
  ),
});

/**
 * Products by EAN or UPC (https://devs.upcitemdb.com, https://www.upcitemdb.com/wp/docs/main/development/responses). Without a key it takes a hundred
 * questions a day and says with `Retry-After` when the day is over; an empty currency is the US dollar, as documented.
 */
export const createUpcItemDb = ({ baseUrl = 'https://api.upcitemdb.com', agent }: LookupPlace): LookupSource => ({
  name: 'upcitemdb',
  title: 'UPCitemdb',
  page: 'https://www.upcitemdb.com/wp/privacy-policy',
  knows: 'code',
  gapMs: 1_000,
  isRationed: true,
  async find({ text: code }, signal) {
    const query = new URLSearchParams({ upc: code });
    const answer = await readJson({ url: `${baseUrl}/prod/trial/lookup?${query}`, agent, signal }, items);
    return (answer?.items ?? []).slice(0, maxFound).flatMap((item) => {
      const currency = (item.currency ?? '') === '' ? 'USD' : (item.currency ?? '');
      return foundOf({
        source: 'upcitemdb',
        name: item.title,
        // The deepest of "Electronics > Audio > Headphones" says most.
        type: item.category?.split('>').at(-1),
        series: [item.brand, item.model].filter(Boolean).join(' '),
        description: [[item.color, item.size].filter(Boolean).join(', '), item.description ?? ''],
        codes: [code, item.ean ?? '', item.upc ?? ''],
        prices: [
          { kind: 'lowest', amount: item.lowest_recorded_price, currency },
          { kind: 'highest', amount: item.highest_recorded_price, currency },
        ],
      });
    });
  },
});
