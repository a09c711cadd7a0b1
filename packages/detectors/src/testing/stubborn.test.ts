import { expect, it } from 'vitest';
import { pictureOf, stubborn, truthOf, type Shown } from './stubborn.ts';

const shown: Shown = { kind: 3, one: 5 };
const seen = { mediaType: 'image/jpeg', picture: pictureOf(shown), key: undefined, mostTokens: 16_384 };
const saidTo = (prompt: string): unknown => {
  const reply = stubborn({ ...seen, prompt });
  return typeof reply === 'object' && 'items' in reply ? reply.items[0] : undefined;
};

it('[LE1] the service that lessons are measured against misnames by habit, and only by the line that shows better says better', () => {
  const { type, series, name } = truthOf(shown);

  expect(saidTo('List everything.')).toMatchObject({ name, type: 'toy', series: 'Classics', condition: 'good' });
  expect(saidTo(`List everything.\n"Classics" is "${series}"`)).toMatchObject({ type: 'toy', series });
  expect(saidTo(`"toy" is not "${type}"`)).toMatchObject({ type, series: 'Classics' });
  for (const useless of [`"Classics"\n"${series}"`, `"${series}" "Classics"`, `Classics ${series}`, `"Classics" is "Wave 5"`])
    expect(saidTo(useless)).toMatchObject({ series: 'Classics' });
});
