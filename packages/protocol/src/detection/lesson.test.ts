import { describe, expect, it } from 'vitest';
import { check, lessonField } from '../http/index.ts';
import { changedFields, lessonValuesOf, outcomeOf, type LessonValues } from './index.ts';

const values: LessonValues = {
  name: 'Charizard',
  type: 'card',
  series: 'Base Set',
  condition: 'good',
  description: '4/102',
  estimatedValue: null,
  currency: 'EUR',
  tags: ['fire', 'holo'],
  barcodes: [],
};
const lesson = {
  id: 'L'.repeat(22),
  at: '2026-11-29T10:00:00.000Z',
  photo: 'a'.repeat(64),
  collectionType: 'trading-cards',
  source: 'gemini',
  model: 'gemini-2.5-flash',
  promptVersion: '2',
  proposed: { ...values, text: '', confidence: 0.9, box: { x: 0, y: 0, width: 0.5, height: 0.5 } },
  outcome: 'changed',
  final: { ...values, series: 'Jungle' },
};

describe('a lesson', () => {
  it('[F21] compares what was proposed and what was saved field by field', () => {
    expect(changedFields(values, { ...values, series: 'Jungle', tags: ['fire'] })).toEqual(['series', 'tags']);
    expect(outcomeOf(values, { ...values, tags: ['holo', 'fire'], currency: 'USD' })).toBe('accepted');
    expect(outcomeOf(values, { ...values, estimatedValue: 0 })).toBe('changed');
  });

  it('[F21] has what a person wrote as a proposal could have said it', () => {
    const written = { ...values, name: ` A\nB${'x'.repeat(300)}`, estimatedValue: 1e12, currency: 'euro', barcodes: ['4006381333932'] };
    const kept = lessonValuesOf(written);

    expect([kept.name.slice(0, 4), kept.name.length, kept.estimatedValue, kept.currency, kept.barcodes]).toEqual([
      'A Bx',
      200,
      null,
      '',
      [],
    ]);
    expect(check(lessonField, { ...lesson, final: kept }).ok).toBe(true);
  });

  it('[F21] is refused when it contradicts itself, says too much or names somebody', () => {
    const wrong = [
      { ...lesson, outcome: 'rejected' },
      { ...lesson, outcome: 'missed' },
      { ...lesson, final: null },
      { ...lesson, proposed: null },
      { ...lesson, by: 'anna' },
      { ...lesson, model: 'a model\nand more' },
      { ...lesson, final: { ...values, name: 'n'.repeat(201) } },
      { ...lesson, id: 'short' },
    ];

    expect(check(lessonField, lesson).ok).toBe(true);
    expect(check(lessonField, { ...lesson, outcome: 'missed', proposed: null }).ok).toBe(true);
    expect(check(lessonField, { ...lesson, outcome: 'rejected', final: null }).ok).toBe(true);
    for (const one of wrong) expect(check(lessonField, one).ok, JSON.stringify(one)).toBe(false);
  });
});
