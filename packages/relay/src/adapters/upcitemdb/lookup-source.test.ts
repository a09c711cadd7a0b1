import { describe } from 'vitest';
import { startFakeSource, upcItemDbWire } from '../../../test/fake-source.ts';
import { lookupSourceContract } from '../../contracts/lookup-source.ts';
import { createUpcItemDb } from './lookup-source.ts';

/** The shape documented at https://www.upcitemdb.com/wp/docs/main/development/responses, with fields that we do not read. */
const item = {
  ean: '0885909950805',
  title: 'Apple iPhone 6, Space Gray, 64 GB (T-Mobile)',
  upc: '885909950805',
  description: 'A telephone',
  brand: 'Apple',
  model: 'MG5A2LL/A',
  color: 'Gray',
  size: '',
  category: 'Electronics > Communications > Telephony > Mobile Phones',
  currency: '',
  lowest_recorded_price: 3.79,
  highest_recorded_price: 8500,
  images: ['http://img.example/250/112231913.jpg'],
  offers: [{ merchant: 'Newegg.com', currency: '', list_price: '', price: 1200, link: 'https://www.upcitemdb.com/norob/alink/?id=v2p2' }],
};

describe('UPCitemdb', () => {
  lookupSourceContract(
    async () => {
      const service = await startFakeSource(upcItemDbWire);
      return { service, source: createUpcItemDb({ baseUrl: service.url, agent: 'Cacaw/0 (http://localhost)' }) };
    },
    {
      text: '0885909950805',
      answer: { code: 'OK', total: 1, offset: 0, items: [item] },
      found: [
        {
          source: 'upcitemdb',
          name: 'Apple iPhone 6, Space Gray, 64 GB (T-Mobile)',
          type: 'Mobile Phones',
          series: 'Apple MG5A2LL/A',
          description: 'Gray\nA telephone',
          barcodes: ['0885909950805'],
          prices: [
            { kind: 'lowest', amount: 3.79, currency: 'USD' },
            { kind: 'highest', amount: 8500, currency: 'USD' },
          ],
        },
      ],
      answerOf: ({ name, price, currency }) => ({ items: [{ title: name, lowest_recorded_price: price, currency }] }),
      manyOf: (count) => ({ code: 'OK', total: count, offset: 10, items: Array.from({ length: count }, () => item) }),
      nothing: { json: { code: 'OK', total: 0, offset: 0, items: [] } },
    },
  );
});
