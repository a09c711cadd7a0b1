import { isCollectionId, type CollectionId } from '@cacaw/protocol';
import { ShareError } from './faults.ts';

/** What a collection's link says: which collection, and the capability secret (base64url of 32 bytes) that opens it. */
export interface ShareLink {
  readonly collection: CollectionId;
  readonly secret: string;
}

const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** The link of a collection; the secret stands in the fragment, which no browser sends to a server. */
export const formatLink = (publicUrl: string, { collection, secret }: ShareLink): string =>
  `${publicUrl.replace(/\/+$/, '')}/c/${collection}#${secret}`;

/** Reads a link of any relay's origin; throws a {@link ShareError} `bad-link` for anything else. */
export function parseLink(link: string): ShareLink {
  const [, collection, secret] = /\/c\/([0-9A-Za-z]+)\/?(?:\?[^#]*)?#(.+)$/.exec(link.trim()) ?? [];
  if (!isCollectionId(collection) || secret === undefined || !secretPattern.test(secret)) {
    throw new ShareError('bad-link', 'This is not a whole link of a collection; ask for it again and copy all of it.');
  }
  return { collection, secret };
}

// lib0/buffer takes a worker for Node and calls its Buffer.

/** The bytes of a secret as they travel in frames. */
export const secretBytes = (secret: string): Uint8Array =>
  Uint8Array.from(atob(secret.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0));

/** The written form of a secret as it stands in links, rows and settings: base64url without padding. */
export const secretText = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/=+$/, '');
