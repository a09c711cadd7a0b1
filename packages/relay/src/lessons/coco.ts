import type { BlobHash } from '@cacaw/protocol';
import { boxOfLesson, type Box, type Lesson } from '@cacaw/protocol/detection';
import type { PictureSize } from './webp-size.ts';

/** `[x, y, width, height]` in pixels from the top left corner. */
export type CocoBox = readonly [number, number, number, number];

/** Boxes of things in pictures, as COCO has them (https://cocodataset.org/#format-data, object detection). */
export interface Coco {
  readonly info: { readonly description: string; readonly version: string; readonly date_created: string };
  readonly licenses: readonly [];
  readonly images: readonly { readonly id: number; readonly file_name: string; readonly width: number; readonly height: number }[];
  readonly categories: readonly { readonly id: number; readonly name: string; readonly supercategory: string }[];
  readonly annotations: readonly {
    readonly id: number;
    readonly image_id: number;
    readonly category_id: number;
    readonly bbox: CocoBox;
    readonly area: number;
    readonly iscrowd: 0;
    readonly segmentation: readonly [];
    /** Not of the format, which lets readers skip it: what the thing is called. */
    readonly attributes: { readonly name: string };
  }[];
}

/** A photo that is there, and what people decided about it. */
export interface LessonPhoto extends PictureSize {
  readonly hash: BlobHash;
  readonly lessons: readonly Lesson[];
}

/** The box in pixels of a picture. */
export const bboxOf = ({ x, y, width, height }: Box, size: PictureSize): CocoBox => [
  pixels(x * size.width),
  pixels(y * size.height),
  pixels(width * size.width),
  pixels(height * size.height),
];

/** The box that {@link bboxOf} was given, to a hundredth of a pixel. */
export const boxOf = ([x, y, width, height]: CocoBox, size: PictureSize): Box => ({
  x: x / size.width,
  y: y / size.height,
  width: width / size.width,
  height: height / size.height,
});

const pixels = (value: number): number => Math.round(value * 100) / 100;

/** What a category is called that has no name. */
const nameless = 'thing';

/** Everything of these photos that was saved and had a box; a category for each type. */
export function cocoOf(photos: readonly LessonPhoto[], day: string): Coco {
  const boxed = photos.flatMap((photo, at) =>
    photo.lessons.flatMap((lesson) => {
      const [box, { final }] = [boxOfLesson(lesson), lesson];
      return box === null || final === null ? [] : [{ photo, image: at + 1, box, final }];
    }),
  );
  const types = [...new Set(boxed.map(({ final }) => final.type || nameless))].sort();
  return {
    info: { description: 'Things people took over from proposals or added, corrected and drawn by them', version: '1', date_created: day },
    licenses: [],
    images: photos.map(({ hash, width, height }, at) => ({ id: at + 1, file_name: imagePath(hash), width, height })),
    categories: types.map((name, at) => ({ id: at + 1, name, supercategory: '' })),
    annotations: boxed.map(({ photo, image, box, final }, at) => {
      const bbox = bboxOf(box, photo);
      return {
        id: at + 1,
        image_id: image,
        category_id: types.indexOf(final.type || nameless) + 1,
        bbox,
        area: pixels(bbox[2] * bbox[3]),
        iscrowd: 0,
        segmentation: [],
        attributes: { name: final.name },
      };
    }),
  };
}

/** Where a photo lies in the export. */
export const imagePath = (hash: BlobHash): string => `images/${hash}.webp`;
