import type { Box } from '@cacaw/protocol/detection';
import { arrowOf, type Corner } from '../photos/pulling.ts';

/** A place on a picture as it is seen, in fractions of its width and height. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/** Boxes lie on thousandths, as detectors give them; less than twenty either way is no place but a slip of the hand. */
const [unit, least] = [1000, 20];
const step = 10;

const held = (at: number, from: number, to: number): number => Math.max(from, Math.min(to, Math.round(at)));

/** Edges in thousandths, the smaller first. */
interface Edges {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

const edgesOf = ({ x, y, width, height }: Box): Edges => ({
  left: held(x * unit, 0, unit - least),
  top: held(y * unit, 0, unit - least),
  right: held((x + width) * unit, held(x * unit, 0, unit - least) + least, unit),
  bottom: held((y + height) * unit, held(y * unit, 0, unit - least) + least, unit),
});

const boxOfEdges = ({ left, top, right, bottom }: Edges): Box => ({
  x: left / unit,
  y: top / unit,
  width: (right - left) / unit,
  height: (bottom - top) / unit,
});

/** A box on whole thousandths that lies in its picture and is large enough to be one. */
export const steadied = (box: Box): Box => boxOfEdges(edgesOf(box));

/** The box that is drawn by dragging from one place to another, whichever way; never outside the picture, never too small to be seen. */
export function boxBetween(one: Spot, other: Spot): Box {
  const [left, right] = reach(one.x, other.x);
  const [top, bottom] = reach(one.y, other.y);
  return boxOfEdges({ left, top, right, bottom });
}

/** The nearer end stays where it was begun, as far as the picture allows. */
function reach(from: number, to: number): readonly [number, number] {
  const begun = held(from * unit, 0, unit);
  const ended = held(to * unit, 0, unit);
  const [low, high] = [Math.min(begun, ended), Math.max(begun, ended)];
  if (high - low >= least) return [low, high];
  const start = held(ended < begun ? begun - least : begun, 0, unit - least);
  return [start, start + least];
}

/** Whether a drag was one, and not a click. */
export const isDragged = (one: Spot, other: Spot): boolean =>
  Math.max(Math.abs(one.x - other.x), Math.abs(one.y - other.y)) * unit >= least / 2;

/** The corner that stays where it is while this one is pulled. */
export const acrossFrom = ({ x, y, width, height }: Box, corner: Corner): Spot => ({
  x: corner.endsWith('left') ? x + width : x,
  y: corner.startsWith('top') ? y + height : y,
});

/** The box after a key: arrows move it, with Shift they pull its lower right corner; undefined for other keys. */
export function boxAfterKey(box: Box, event: Pick<KeyboardEvent, 'key' | 'shiftKey'>): Box | undefined {
  const arrow = arrowOf(event);
  if (!arrow) return undefined;
  const [right, down] = arrow;
  return (event.shiftKey ? grown : moved)(edgesOf(box), right * step, down * step);
}

function moved({ left, top, right, bottom }: Edges, across: number, down: number): Box {
  const [width, height] = [right - left, bottom - top];
  const [x, y] = [held(left + across, 0, unit - width), held(top + down, 0, unit - height)];
  return boxOfEdges({ left: x, top: y, right: x + width, bottom: y + height });
}

const grown = ({ left, top, right, bottom }: Edges, across: number, down: number): Box =>
  boxOfEdges({ left, top, right: held(right + across, left + least, unit), bottom: held(bottom + down, top + least, unit) });

/** Where drawing begins with keys when nobody has said where the thing is: in the middle. */
export const middle: Box = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };

/** What is said of a box while it is drawn: `10 % from the left, 20 % from the top; 30 % wide, 40 % high`. */
export function boxWords({ x, y, width, height }: Box): string {
  const [left, top, wide, high] = [x, y, width, height].map((part) => Math.round(100 * part));
  return `${left} % from the left, ${top} % from the top; ${wide} % wide, ${high} % high`;
}
