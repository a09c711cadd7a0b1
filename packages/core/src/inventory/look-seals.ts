import { bytesToBase64url, type AccountId, type BlobHash, type CollectionId, type ItemId } from '@cacaw/protocol';
import { digest } from 'lib0/hash/sha256';

/** What the devices of an account tell its own looks by: nobody else has the 32 bytes. */
export interface LookKey {
  readonly account: AccountId;
  readonly key: Uint8Array;
}

/** One photo of one look. Whether all of it is one item is left out: it changes nothing about what is asked or paid. */
export interface LookedPhoto {
  readonly collection: CollectionId;
  readonly item: ItemId;
  readonly by: AccountId;
  readonly prompt: string;
  /** When it was asked for, Unix milliseconds. */
  readonly at: number;
  readonly photo: BlobHash;
}

const sealBytes = 16;
const blockBytes = 64;
const utf8 = new TextEncoder();

/** What only a device of the account can write of a photo: HMAC-SHA256 of all of it, cut to 16 bytes, as 22 characters of base64url. */
export function sealOf({ key }: LookKey, { collection, item, by, prompt, at, photo }: LookedPhoto): string {
  // As JSON no part can run into the next.
  const said = utf8.encode(JSON.stringify(['cacaw look 1', collection, item, by, prompt, at, photo]));
  return bytesToBase64url(hmac(key, said).subarray(0, sealBytes));
}

/** RFC 2104, for keys no longer than a block. The platform's own is asynchronous, and a transaction of IndexedDB outlives no waiting. */
function hmac(key: Uint8Array, said: Uint8Array): Uint8Array {
  const padded = (byte: number): Uint8Array => Uint8Array.from({ length: blockBytes }, (_, at) => (key[at] ?? 0) ^ byte);
  return digest(joined(padded(0x5c), digest(joined(padded(0x36), said))));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(one.length + other.length);
  bytes.set(one);
  bytes.set(other, one.length);
  return bytes;
}
