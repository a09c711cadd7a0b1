import type { Grey, Part } from './grey.ts';

interface Place {
  readonly x: number;
  readonly y: number;
}

type Size = Pick<Grey, 'width' | 'height'>;

/** How a picture was laid before it was looked at: turned clockwise by quarters, then tilted, in radians. */
export interface Laid {
  readonly quarters: number;
  readonly radians: number;
}

/** Where in a picture of `size` lay what is at `part` since it was laid so; the frame round it. */
export function partBefore(part: Part, { quarters, radians }: Laid, size: Size): Part {
  const { left, top, right, bottom } = part;
  const corners = [
    { x: left, y: top },
    { x: right, y: top },
    { x: right, y: bottom },
    { x: left, y: bottom },
  ].map((corner) => unturned(untilted(corner, radians, laidSize(size, quarters)), quarters, size));
  return within(frameOf(corners), size);
}

const laidSize = ({ width, height }: Size, quarters: number): Size =>
  quarters % 2 === 0 ? { width, height } : { width: height, height: width };

function untilted({ x, y }: Place, radians: number, { width, height }: Size): Place {
  const [sin, cos, cx, cy] = [Math.sin(-radians), Math.cos(-radians), width / 2, height / 2];
  return { x: cos * (x - cx) - sin * (y - cy) + cx, y: sin * (x - cx) + cos * (y - cy) + cy };
}

function unturned({ x, y }: Place, quarters: number, { width, height }: Size): Place {
  switch (((quarters % 4) + 4) % 4) {
    case 1:
      return { x: y, y: height - x };
    case 2:
      return { x: width - x, y: height - y };
    case 3:
      return { x: width - y, y: x };
    default:
      return { x, y };
  }
}

/** The smallest part all of these places are in. */
export const frameOf = (places: readonly Place[]): Part => ({
  left: Math.min(...places.map(({ x }) => x)),
  top: Math.min(...places.map(({ y }) => y)),
  right: Math.max(...places.map(({ x }) => x)),
  bottom: Math.max(...places.map(({ y }) => y)),
});

/** The smallest part all of these are in; none for none. */
export function union(parts: readonly Part[]): Part | undefined {
  if (parts.length === 0) return undefined;
  return {
    left: Math.min(...parts.map(({ left }) => left)),
    top: Math.min(...parts.map(({ top }) => top)),
    right: Math.max(...parts.map(({ right }) => right)),
    bottom: Math.max(...parts.map(({ bottom }) => bottom)),
  };
}

/** The same part of a picture `factor` times as large. */
export const enlarged = ({ left, top, right, bottom }: Part, factor: number): Part => ({
  left: left * factor,
  top: top * factor,
  right: right * factor,
  bottom: bottom * factor,
});

/** What of a part lies in a picture of this size. */
export function within({ left, top, right, bottom }: Part, { width, height }: Size): Part {
  const [x, y] = [
    (value: number): number => Math.max(0, Math.min(width, value)),
    (value: number): number => Math.max(0, Math.min(height, value)),
  ];
  return { left: x(left), top: y(top), right: x(right), bottom: y(bottom) };
}

/** How long a part is, whichever way it lies. */
export const longSideOf = ({ left, top, right, bottom }: Part): number => Math.max(right - left, bottom - top);

/** How much of the smaller part lies in the other. */
export function overlap(one: Part, other: Part): number {
  const width = Math.min(one.right, other.right) - Math.max(one.left, other.left);
  const height = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
  if (width <= 0 || height <= 0) return 0;
  const areaOf = ({ left, top, right, bottom }: Part): number => (right - left) * (bottom - top);
  return (width * height) / Math.min(areaOf(one), areaOf(other));
}

/** How far two parts lie apart; 0 when they touch. */
export function distanceOf(one: Part, other: Part): number {
  const across = Math.max(0, one.left - other.right, other.left - one.right);
  const down = Math.max(0, one.top - other.bottom, other.top - one.bottom);
  return Math.hypot(across, down);
}
