import { foldText } from '@cacaw/core';
import type { Box } from '@cacaw/protocol/detection';
import type { ReviewLine } from './detection-calls.ts';

/** Two boxes are of one thing from this share of their union on. */
const overlapFrom = 0.5;

/** Whether two proposals are of one thing in one photo: they lie in the same place, or, where one does not say where, have one name. */
export function sameThing(a: Pick<ReviewLine, 'photo' | 'proposed'>, b: Pick<ReviewLine, 'photo' | 'proposed'>): boolean {
  if (a.photo !== b.photo) return false;
  if (a.proposed.box !== null && b.proposed.box !== null) return overlap(a.proposed.box, b.proposed.box) >= overlapFrom;
  return foldText(a.proposed.name) === foldText(b.proposed.name);
}

/** Their intersection over their union. */
function overlap(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const both = Math.max(0, width) * Math.max(0, height);
  return both / (a.width * a.height + b.width * b.height - both);
}
