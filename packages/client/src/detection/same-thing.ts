import { foldText } from '@cacaw/core';
import { overlapOf, sameThingFrom } from '@cacaw/protocol/detection';
import type { ReviewLine } from './detection-calls.ts';

/** Whether two proposals are of one thing in one photo: they lie in the same place, or, where one does not say where, have one name. */
export function sameThing(a: Pick<ReviewLine, 'photo' | 'proposed'>, b: Pick<ReviewLine, 'photo' | 'proposed'>): boolean {
  if (a.photo !== b.photo) return false;
  if (a.proposed.box !== null && b.proposed.box !== null) return overlapOf(a.proposed.box, b.proposed.box) >= sameThingFrom;
  return foldText(a.proposed.name) === foldText(b.proposed.name);
}
