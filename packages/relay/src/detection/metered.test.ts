import { failed } from '@cacaw/detectors';
import type { AccountId } from '@cacaw/protocol';
import { expect, it } from 'vitest';
import type { Meter } from '../ports/meter.ts';
import type { Detected, Detections } from './detections.ts';
import { meteredDetections } from './metered.ts';
import { BudgetSpent } from './money.ts';

const anna = 'a'.repeat(22) as AccountId;
const picture = { bytes: new Uint8Array([1]), mediaType: 'image/webp' } as const;
const asked = { hints: { collectionType: 'other' }, signal: new AbortController().signal };
const budget = { spent: 0, limit: 1, picture: 1, hasService: true };
const detected: Detected = { items: [], model: 'm', source: 's', promptVersion: '1', isCached: false, missed: undefined, budget };

it('[MT2] each picture is counted once by what came of it, and a failure by its name also where something was read instead', async () => {
  const counted: string[] = [];
  const meter: Meter = {
    request: () => undefined,
    detectionAsked: () => counted.push('asked'),
    detection: (outcome) => counted.push(outcome),
    detectionFailure: (code) => counted.push(`because ${code}`),
    lookup: () => undefined,
  };
  const countedFor = async (outcome: Detected | Error | undefined): Promise<readonly string[]> => {
    counted.length = 0;
    const answer = (): Promise<Detected> => (outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome ?? detected));
    const detections: Detections = { detect: answer, known: async () => outcome as Detected | undefined, budget: async () => budget };
    const metered = meteredDetections(detections, meter);
    if (outcome === undefined) expect(await metered.known(anna, picture, asked)).toBeUndefined();
    else await metered.detect(anna, picture, asked).catch((error: unknown) => expect(error).toBe(outcome));
    expect(counted.shift()).toBe('asked');
    return [...counted];
  };
  const spent = (isHeld: boolean, refused: 'account' | 'relay'): BudgetSpent => new BudgetSpent({ refused, left: 0, isHeld }, 1);

  expect(await countedFor(detected)).toEqual(['charged']);
  expect(await countedFor({ ...detected, isCached: true })).toEqual(['cached']);
  expect(await countedFor({ ...detected, budget: { ...budget, hasService: false } })).toEqual(['read']);
  expect(await countedFor({ ...detected, missed: failed('timeout') })).toEqual(['because timeout', 'read']);
  expect(await countedFor(undefined)).toEqual(['unknown']);
  expect(await countedFor(failed('blocked'))).toEqual(['failed', 'because blocked']);
  expect(await countedFor(spent(true, 'account'))).toEqual(['failed', 'because budget-set-aside']);
  expect(await countedFor(spent(false, 'account'))).toEqual(['failed', 'because account-budget']);
  expect(await countedFor(spent(false, 'relay'))).toEqual(['failed', 'because relay-budget']);
  expect(await countedFor(new Error('anna@mail.example'))).toEqual(['failed', 'because internal']);
});
