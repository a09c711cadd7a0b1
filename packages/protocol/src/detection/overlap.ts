import type { Box } from './detection.ts';

/** How much two boxes share of what they cover together (intersection over union), 0 to 1. */
export function overlapOf(one: Box, other: Box): number {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (one.width * one.height + other.width * other.height - shared);
}

/** Two boxes in one picture are of one thing from this share on. */
export const sameThingFrom: number = 0.5;
