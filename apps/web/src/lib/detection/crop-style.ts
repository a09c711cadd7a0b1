import type { PictureSize } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';

const whole: Box = { x: 0, y: 0, width: 1, height: 1 };
const percent = (value: number): string => `${Math.round(1000 * value) / 10}%`;

/** Lays a picture behind a square window so that all of the box, and nothing else, is seen in it: a crop is seen before it is made. */
export function cropStyle(box: Box | null, size: PictureSize): string {
  const { x, y, width, height } = box !== null && box.width > 0 && box.height > 0 ? box : whole;
  const aspect = size.width / size.height;
  const wide = Math.min(1 / width, aspect / height);
  const tall = wide / aspect;
  const left = 0.5 - (x + width / 2) * wide;
  const top = 0.5 - (y + height / 2) * tall;
  const cut = [y, 1 - x - width, 1 - y - height, x].map((side) => percent(Math.max(0, side))).join(' ');
  return `clip-path:inset(${cut});inline-size:${percent(wide)};block-size:${percent(tall)};left:${percent(left)};top:${percent(top)}`;
}

/** Where a box lies on the whole picture. */
export const boxStyle = ({ x, y, width, height }: Box): string =>
  `left:${percent(x)};top:${percent(y)};inline-size:${percent(width)};block-size:${percent(height)}`;
