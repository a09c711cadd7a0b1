import type { PhotoView, PictureSize } from '@cacaw/protocol';
import type { Box } from '@cacaw/protocol/detection';

/** The picture as it was stored. */
export const wholePicture: PhotoView = { turns: 0, crop: null };

/** Measures of a picture after its quarter turns. */
export const turned = ({ width, height }: PictureSize, { turns }: PhotoView): PictureSize =>
  turns % 2 === 0 ? { width, height } : { width: height, height: width };

/** The same picture one quarter further clockwise; what was cut out stays in the cut. */
export function turnedOnce(size: PictureSize, view: PhotoView): PhotoView {
  const turns = ((view.turns + 1) % 4) as PhotoView['turns'];
  if (view.crop === null) return { turns, crop: null };
  const { left, top, side } = view.crop;
  const { width, height } = turned(size, view);
  const tall = Math.round((1000 * height) / Math.min(width, height));
  return { turns, crop: { left: Math.max(0, tall - top - side), top: left, side } };
}

/** A view's quarter turns, and all of the picture. */
export const onlyTurned = (view: PhotoView | null): PhotoView => ({ turns: view?.turns ?? 0, crop: null });

/** Where a box of a picture lies once that is turned. */
export function turnedBox(box: Box, { turns }: Pick<PhotoView, 'turns'>): Box {
  let { x, y, width, height } = box;
  for (let turn = 0; turn < turns; turn++) [x, y, width, height] = [1 - y - height, x, height, width];
  return { x, y, width, height };
}

/** Where a box that was drawn on a turned picture lies in the picture as it was stored. */
export const turnedBack = (box: Box, { turns }: Pick<PhotoView, 'turns'>): Box =>
  turnedBox(box, { turns: ((4 - turns) % 4) as PhotoView['turns'] });

/** Scales so that the longer side is at most `longest`; never makes anything larger. */
export function within({ width, height }: PictureSize, longest: number): PictureSize {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** Of a thing's width and height, what is shown around it: boxes are drawn tight. */
const around = 0.06;

/** The pixels of a picture that a box of it names, with a little of what lies around; always inside, never nothing. */
export function cutOf(box: Box, { width, height }: PictureSize): PictureSize & { readonly left: number; readonly top: number } {
  const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, Math.round(value)));
  const left = Math.min(width - 1, clamp((box.x - around * box.width) * width, width));
  const top = Math.min(height - 1, clamp((box.y - around * box.height) * height, height));
  const right = clamp((box.x + (1 + around) * box.width) * width, width);
  const bottom = clamp((box.y + (1 + around) * box.height) * height, height);
  return { left, top, width: Math.max(1, right - left), height: Math.max(1, bottom - top) };
}
