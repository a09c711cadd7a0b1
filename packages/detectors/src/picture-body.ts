import { writeBase64 } from './base64.ts';

/** Stands in a request where its picture belongs, after every word of anybody's. */
export const pictureGoesHere = '\u{1}picture';
const written = JSON.stringify(pictureGoesHere).slice(1, -1);

/**
 * A request's JSON with the picture in its place, as bytes. As text a picture of 500 KB would be copied three times over on the way
 * of a relay's only thread, and every tenth picture would wait for what that leaves behind to be collected. The last such place counts: people's words
 * may say the same, and a picture sent as words would cost as many tokens as it has letters.
 */
export function withPicture(json: string, picture: Uint8Array): Uint8Array<ArrayBuffer> {
  const at = json.lastIndexOf(written);
  if (at === -1) throw new Error('The request has no place for its picture.');
  const head = new TextEncoder().encode(json.slice(0, at));
  const tail = new TextEncoder().encode(json.slice(at + written.length));
  const length = Math.ceil(picture.length / 3) * 4;
  const body = new Uint8Array(head.length + length + tail.length);
  body.set(head);
  writeBase64(picture, body.subarray(head.length, head.length + length));
  body.set(tail, head.length + length);
  return body;
}
