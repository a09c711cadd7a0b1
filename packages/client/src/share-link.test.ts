import type { CollectionId } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nameLink, parseLink } from './share-link.ts';

const collection = 'c'.repeat(22) as CollectionId;
const secret = 'S'.repeat(43);
const link = `https://app.test/join/${collection}#${secret}`;

test('[L90] the link of an invite carries the name in its fragment, and reads back', () => {
  expect(parseLink(link)).toEqual({ collection, secret, name: '' });
  expect(parseLink(nameLink(link, 'Anna’s cellar / 2'))).toEqual({ collection, secret, name: 'Anna’s cellar / 2' });
  expect(nameLink(link, '  ')).toBe(link);
  expect(new URL(nameLink(link, 'Cellar')).hash).toBe(`#${secret}/Cellar`);
  expect(new URL(nameLink(link, 'Cellar')).pathname).toBe(`/join/${collection}`);
});

test('[L90] links made before there were accounts are read, and those of any address', () => {
  for (const old of [`https://app.test/c/${collection}#${secret}`, `http://other:1/x/c/${collection}/?q=1#${secret}`, `  ${link}\n`]) {
    expect(parseLink(old)).toEqual({ collection, secret, name: '' });
  }
});

test('[L90] anything else is a bad link, whatever it holds', () => {
  const bad = ['', link.slice(0, -1), `${link}x`, link.replace('join', 'j'), link.replace('#', '?'), `https://app.test/join/${collection}`];
  for (const text of bad) expect(() => parseLink(text)).toThrow(expect.objectContaining({ code: 'bad-link' }));
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        parseLink(text);
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-link' });
      }
    }),
  );
});

test('[L90] whatever a collection is called, its name in a link is one short line that turns nothing around', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (name) => {
      const read = parseLink(nameLink(link, name));
      expect(read).toMatchObject({ collection, secret });
      expect(Array.from(read.name).length).toBeLessThanOrEqual(80);
      expect(read.name).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      expect(nameLink(link, read.name)).toBe(nameLink(link, name));
    }),
  );
  expect(parseLink(`${link}/%E0%A4%A`).name).toBe('');
});
