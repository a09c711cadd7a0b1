import { isCollectionId, type CollectionId } from '@cacaw/protocol';
import { ShareError } from './faults.ts';

/** What a link says: which collection, the secret that opens it, and, for the eyes of who is invited, what it is called. */
export interface ShareLink {
  readonly collection: CollectionId;
  /** base64url of 32 bytes. */
  readonly secret: string;
  /** '' when the link does not say it. */
  readonly name: string;
}

const secretPattern = /^[A-Za-z0-9_-]{43}$/;
const longestName = 80;

/**
 * Adds the collection's name to the link of an invite, as the relay made it: `/join/<collection>#<secret>/<name>`. It stands in
 * the fragment, which no browser sends to a server: the relay cannot read what a collection is called, and need not.
 */
export function nameLink(link: string, name: string): string {
  const said = cleanName(name);
  return said === '' ? link : `${link}/${encodeURIComponent(said)}`;
}

/**
 * Reads the link of an invite (`/join/…`), or one made before there were accounts (`/c/…`), of any relay's origin; throws a
 * {@link ShareError} `bad-link` for anything else.
 */
export function parseLink(link: string): ShareLink {
  const [, collection, secret, name = ''] = /\/(?:c|join)\/([0-9A-Za-z]+)\/?(?:\?[^#]*)?#([^/]+)(?:\/(.*))?$/.exec(link.trim()) ?? [];
  if (!isCollectionId(collection) || secret === undefined || !secretPattern.test(secret)) {
    throw new ShareError('bad-link', 'This is not a whole link of a collection; ask for it again and copy all of it.');
  }
  return { collection, secret, name: cleanName(decode(name)) };
}

/** Anybody can write a link: a name is a line of text that is neither long nor able to turn the words around it. */
const cleanName = (name: string): string =>
  Array.from(
    name
      .toWellFormed()
      .replaceAll(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
      .trim(),
  )
    .slice(0, longestName)
    .join('')
    .trim();

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
