import type { Picture, PictureType } from '../ports/detector.ts';

/** Bytes of the largest picture that is sent on. */
export const maxPictureBytes: number = 10 * 1024 * 1024;

const starts: readonly (readonly [PictureType, (head: string) => boolean])[] = [
  ['image/jpeg', (head) => head.startsWith('ffd8ff')],
  ['image/png', (head) => head.startsWith('89504e470d0a1a0a')],
  ['image/webp', (head) => head.startsWith('52494646') && head.slice(16, 24) === '57454250'],
];

/** A picture out of base64 or a data URL, known by its first bytes whatever it is called; undefined for anything else. */
export function readPicture(text: string): Picture | undefined {
  const data = text.startsWith('data:') ? /^data:[^,]{0,100};base64,/.exec(text)?.[0] : '';
  if (data === undefined) return undefined;
  const encoded = text.slice(data.length);
  if (encoded.length > Math.ceil(maxPictureBytes / 3) * 4) return undefined;
  const bytes = new Uint8Array(Buffer.from(encoded, 'base64'));
  // Node leaves out what is no base64; then the lengths differ.
  if (bytes.length !== Math.floor((encoded.replace(/={1,2}$/, '').length * 3) / 4)) return undefined;
  const head = Buffer.from(bytes.subarray(0, 12)).toString('hex');
  const mediaType = starts.find(([, isStart]) => isStart(head))?.[0];
  return mediaType === undefined ? undefined : { bytes, mediaType };
}
