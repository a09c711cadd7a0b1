/** Arguments one call takes without trouble in every engine. */
const together = 0x8000;

/** Bytes as base64, by what browsers and Node both have. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += together) text += String.fromCharCode(...bytes.subarray(at, at + together));
  return btoa(text);
}
