import type { Picture } from '@cacaw/detectors';
import { maxPictureBytes } from '@cacaw/protocol/http';
import { sniffPicture } from '../photos/sniff.ts';

/** A picture out of base64 or a data URL, known by its first bytes whatever it is called; undefined for anything else. */
export function readPicture(text: string): Picture | undefined {
  const data = text.startsWith('data:') ? /^data:[^,]{0,100};base64,/.exec(text)?.[0] : '';
  if (data === undefined) return undefined;
  const encoded = text.slice(data.length);
  if (encoded.length > Math.ceil(maxPictureBytes / 3) * 4) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  // Node leaves out what is no base64; then the lengths differ.
  if (bytes.length !== Buffer.byteLength(encoded, 'base64')) return undefined;
  const format = sniffPicture(bytes);
  return format === undefined || format === 'heic' ? undefined : { bytes, mediaType: `image/${format}` };
}
