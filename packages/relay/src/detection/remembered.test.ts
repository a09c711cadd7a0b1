import { expect, it } from 'vitest';
import type { Detector } from '@cacaw/detectors';
import { settle } from '../../test/manual-clock.ts';
import { silentObserver } from '../observer.ts';
import type { DetectorName } from '../ports/lessons.ts';
import { remembered } from './remembered.ts';

const picture = { bytes: new Uint8Array([1]), mediaType: 'image/webp' } as const;
const signal = new AbortController().signal;

it('[LE16] a model that answers is made known once, again where that failed, and nobody waits for it', async () => {
  const [told, models] = [[] as DetectorName[], ['one', 'one', 'two', 'anna@mail.example owns "rings"', '', 'x'.repeat(101), 'one']];
  const faults: string[] = [];
  const answering: Detector = { source: 'gemini', detect: async () => ({ items: [], model: models.shift() ?? '' }) };
  const detector = remembered(answering, {
    lessons: {
      know: async (name) => {
        told.push(name);
        if (told.length === 1) throw new Error('the database is away');
      },
    },
    observer: { ...silentObserver, fault: (what) => faults.push(what) },
  });

  for (let count = 0; count < 7; count += 1) {
    expect(await detector.detect(picture, { collectionType: '' }, signal)).toMatchObject({ items: [] });
    await settle();
  }

  expect(told.map(({ source, model }) => `${source} ${model}`)).toEqual(['gemini one', 'gemini one', 'gemini two']);
  expect(faults).toHaveLength(1);
});
