import { createCipheriv, createDecipheriv, createSecretKey, randomBytes, type KeyObject } from 'node:crypto';
import type { CollectionId } from '@cacaw/protocol';
import type { KeyId, KeyStore } from '../../ports/key-store.ts';

const format = 1;
const nonceBytes = 12;
const tagBytes = 16;

/** Stored bytes that were not sealed for this place with this collection's key; never served. */
export class SealBroken extends Error {
  readonly code = 'seal-broken';
}

/** What a sealed piece is bound to, so that rows cannot be swapped inside the database. */
export interface SealPlace {
  readonly collection: CollectionId;
  readonly table: 'updates' | 'snapshots' | 'capabilities';
  readonly document: string;
  readonly seq: number;
}

/**
 * A key as the cipher takes it: made once, used often. Node 24 spends 24 µs on a key given as bytes, 4 µs on one of these,
 * and a page of the log opens a row with each use.
 */
export type SealKey = KeyObject;

/** The key behind the bytes of a key store. */
export const sealKeyOf = (bytes: Uint8Array): SealKey => createSecretKey(bytes);

const placeName = (place: SealPlace): string => `${place.table}|${place.collection}|${place.document}|${place.seq}`;

/** Seals a row of the log; see {@link sealAt}. */
export const seal = (key: SealKey, place: SealPlace, plain: Uint8Array): Buffer => sealAt(key, placeName(place), plain);

/** Opens what {@link seal} made for the same place; throws {@link SealBroken} for anything else. */
export const unseal = (key: SealKey, place: SealPlace, sealed: Uint8Array): Uint8Array => unsealAt(key, placeName(place), sealed);

/** Seals with AES-256-GCM under a fresh random nonce (never a counter: a restored database would use it twice). */
export function sealAt(key: SealKey, place: string, plain: Uint8Array): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(Buffer.from(place));
  const body = cipher.update(plain);
  return Buffer.concat([Buffer.of(format), nonce, body, cipher.final(), cipher.getAuthTag()]);
}

/** Opens what {@link sealAt} made for the same place; throws {@link SealBroken} for anything else. */
export function unsealAt(key: SealKey, place: string, sealed: Uint8Array): Uint8Array {
  const broken = (cause?: unknown): SealBroken =>
    new SealBroken(`What is kept at ${place} cannot be opened; it was changed or belongs to another key.`, { cause });
  if (sealed[0] !== format || sealed.length < 1 + nonceBytes + tagBytes) throw broken();
  const nonce = sealed.subarray(1, 1 + nonceBytes);
  const body = sealed.subarray(1 + nonceBytes, sealed.length - tagBytes);
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes }).setAAD(Buffer.from(place));
    decipher.setAuthTag(sealed.subarray(sealed.length - tagBytes));
    const plain = decipher.update(body);
    // In this mode the end brings no bytes, only the verdict.
    decipher.final();
    return new Uint8Array(plain.buffer, plain.byteOffset, plain.length);
  } catch (error) {
    throw broken(error);
  }
}

/** Keys already fetched, so that a row costs no trip to the key store. */
export interface KeyRing {
  /** Throws {@link SealBroken} when there is no key: the content was erased, or the key store is not the one it was made with. */
  key(id: KeyId): Promise<SealKey>;
  forget(id: KeyId): void;
}

const maxKeys = 10_000;

/** Remembers the keys used last. */
export function createKeyRing(store: KeyStore): KeyRing {
  const keys = new Map<KeyId, SealKey>();
  return {
    async key(id) {
      const known = keys.get(id);
      if (known !== undefined) return known;
      const bytes = await store.read(id);
      if (bytes === undefined) throw new SealBroken(`There is no key for ${id}. Was DATA_DIR/keys restored together with the database?`);
      if (keys.size >= maxKeys) keys.clear();
      const key = sealKeyOf(bytes);
      keys.set(id, key);
      return key;
    },
    forget: (id) => void keys.delete(id),
  };
}
