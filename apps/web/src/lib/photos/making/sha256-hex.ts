import type { BlobHash } from '@cacaw/protocol';

/** The SHA-256 of a file as 64 hex digits. */
export async function sha256Hex(file: Blob): Promise<BlobHash> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  return [...(await digestOf(bytes))].map((byte) => byte.toString(16).padStart(2, '0')).join('') as BlobHash;
}

async function digestOf(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  // A page that is not secure has no digests of its own.
  if (typeof crypto.subtle === 'undefined') return (await import('lib0/hash/sha256')).digest(bytes);
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
