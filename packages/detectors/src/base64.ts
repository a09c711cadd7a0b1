const letters = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const padding = 61;

/** Writes bytes as base64 (RFC 4648, section 4) into `text`, which has their room, by what browsers and Node both have. */
export function writeBase64(bytes: Uint8Array, text: Uint8Array): void {
  for (let from = 0, to = 0; from < bytes.length; from += 3, to += 4) {
    const three = ((bytes[from] ?? 0) << 16) | ((bytes[from + 1] ?? 0) << 8) | (bytes[from + 2] ?? 0);
    text[to] = letters[three >> 18] ?? 0;
    text[to + 1] = letters[(three >> 12) & 63] ?? 0;
    text[to + 2] = letters[(three >> 6) & 63] ?? 0;
    text[to + 3] = letters[three & 63] ?? 0;
  }
  text.fill(padding, text.length - ((3 - (bytes.length % 3)) % 3));
}
