import type { PhotoView, PictureSize } from '@cacaw/protocol';

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

/** Scales so that the longer side is at most `longest`; never makes anything larger. */
export function within({ width, height }: PictureSize, longest: number): PictureSize {
  const scale = Math.min(1, longest / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}
