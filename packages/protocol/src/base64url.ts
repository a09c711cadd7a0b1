// By what browsers and Node both have: lib0's own takes a worker for Node and calls its Buffer.

/** Bytes as base64url without padding (RFC 4648, section 5). */
export const bytesToBase64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');

/** The bytes a text in base64url stands for. */
export const base64urlToBytes = (text: string): Uint8Array =>
  Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));
