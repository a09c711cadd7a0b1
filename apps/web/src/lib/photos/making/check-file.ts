import type { FileProblem } from './messages.ts';
import { headBytes, isAnimated, readPictureHead } from './picture-head.ts';

const mostPixels = 50_000_000;

/** What the server would refuse a file for, found before it is kept; undefined when it is what it says. */
export async function problemOfFile(file: Blob, mediaType: string): Promise<FileProblem | undefined> {
  if (mediaType === 'application/pdf') return (await file.slice(0, 5).text()) === '%PDF-' ? undefined : 'not-a-pdf';
  if (mediaType === 'text/plain') return isText(await file.arrayBuffer()) ? undefined : 'not-text';
  return problemOfPicture(file);
}

async function problemOfPicture(file: Blob): Promise<FileProblem | undefined> {
  const bytes = new Uint8Array(await file.slice(0, headBytes).arrayBuffer());
  const { kind, width, height } = readPictureHead(bytes);
  if (kind === 'other' || kind === 'gif') return 'not-a-picture';
  if (width * height > mostPixels) return 'too-many-pixels';
  if (isAnimated(bytes, kind)) return 'animated';
  // Most browsers decode no HEIC; the server does.
  return kind === 'heic' || (await isWhole(file)) ? undefined : 'not-a-picture';
}

async function isWhole(file: Blob): Promise<boolean> {
  try {
    (await createImageBitmap(file)).close();
    return true;
  } catch {
    return false;
  }
}

/** UTF-8 without anything but text in it, as the server asks for. */
function isText(bytes: ArrayBuffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // oxlint-disable-next-line no-control-regex -- these are what is looked for
    return !/[\u0000-\u0008\u000b\u000e-\u001f\u007f]/.test(text);
  } catch {
    return false;
  }
}
