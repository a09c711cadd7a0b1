import { foldText } from '@cacaw/core';
import { overlapOf, sameThingFrom, type Box } from '@cacaw/protocol/detection';
import type { ReviewLine } from './detection-calls.ts';

/** Whether two lines are of one thing in one photo: they lie in the same place, or, where one does not say where, have one name. */
export function sameThing(a: ReviewLine, b: ReviewLine): boolean {
  if (a.photo !== b.photo) return false;
  const [places, others] = [placesOf(a), placesOf(b)];
  if (places.length > 0 && others.length > 0) return places.some((one) => others.some((other) => overlapOf(one, other) >= sameThingFrom));
  return nameOf(a) === nameOf(b);
}

/** A box that was drawn anew stands beside the proposed one: whoever looks again may see either. */
const placesOf = ({ proposed, drawn }: ReviewLine): readonly Box[] => [drawn ?? [], proposed?.box ?? []].flat();

const nameOf = ({ proposed, edited }: ReviewLine): string => foldText(proposed?.name ?? edited.name ?? '');
