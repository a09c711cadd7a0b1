import * as v from 'valibot';
import { isCollectionId, type AccountId, type CollectionId } from '../ids.ts';
import type { WireRole } from '../messages.ts';

/** Names a collection: 22 letters and digits. */
export const collectionIdField: v.GenericSchema<unknown, CollectionId> = v.pipe(
  v.string('a collection id is 22 letters and digits'),
  v.regex(/^[0-9A-Za-z]{22}$/, 'a collection id is 22 letters and digits'),
  v.custom<CollectionId>(isCollectionId),
);

/** Names an account (22 letters and digits) or a guest's device (43 characters of base64url). */
export const accountIdField: v.GenericSchema<unknown, AccountId> = v.pipe(
  v.string(),
  v.regex(/^(?:[0-9A-Za-z]{22}|[A-Za-z0-9_-]{43})$/, 'an account id is 22 letters and digits, a guest has 43'),
  v.transform((text) => text as AccountId),
);

/** Names an invite of a collection: 22 letters and digits. */
export type InviteId = string & { readonly __invite: never };

/** Checks an {@link InviteId}. */
export const inviteIdField: v.GenericSchema<unknown, InviteId> = v.pipe(
  v.string(),
  v.regex(/^[0-9A-Za-z]{22}$/, 'an invite id is 22 letters and digits'),
  v.transform((text) => text as InviteId),
);

/** What a member may do: an owner everything, an editor write, a viewer read. */
export const roleField: v.GenericSchema<unknown, WireRole> = v.picklist(['owner', 'editor', 'viewer'], 'a role is owner, editor or viewer');

/** A role that can be given away by invitation. */
export const givenRoleField: v.GenericSchema<unknown, 'editor' | 'viewer'> = v.picklist(
  ['editor', 'viewer'],
  'a role that can be given is editor or viewer',
);

/** An e-mail address as people write it, at most 254 characters, without control characters; kept in lower case. */
export const emailField: v.GenericSchema<unknown, string> = v.pipe(
  v.string('an e-mail address is text'),
  v.trim(),
  v.maxLength(254, 'an e-mail address has at most 254 characters'),
  v.email('this is no e-mail address'),
  v.toLowerCase(),
);

/** A name others see: 3 to 30 letters, digits, dots, dashes and underscores. */
export const usernameField: v.GenericSchema<unknown, string> = v.pipe(
  v.string('a username is text'),
  v.trim(),
  v.regex(/^[\p{L}\p{N}._-]{3,30}$/u, 'a username has 3 to 30 letters, digits, dots, dashes or underscores'),
);

/** The secret of an invite link: 32 bytes as base64url without padding. */
export const secretField: v.GenericSchema<unknown, string> = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9_-]{43}$/, 'a secret is 43 characters of base64url'),
);

/** A moment as ISO 8601 in UTC. */
export const momentField: v.GenericSchema<unknown, string> = v.pipe(v.string(), v.isoTimestamp('a moment is ISO 8601'));

// What follows is said to bundlers to do nothing but return, so that a page carries only the schemas it reads by.

/** A whole number from `least` to `most`. */
/* @__NO_SIDE_EFFECTS__ */
export function countField(least: number, most: number): v.GenericSchema<unknown, number> {
  return v.pipe(v.number(), v.integer(), v.minValue(least, `at least ${least}`), v.maxValue(most, `at most ${most}`));
}

/** Control characters, halves of characters, and marks that make text read backwards. */
const unshowable = /[\p{Cc}\p{Cs}\u202A-\u202E\u2066-\u2069]/u;

/** True when every character of a text can be shown as it stands, in one line. */
export const isShowable = (text: string): boolean => !unshowable.test(text);

/** The same text without what cannot be shown. */
export const showableOf = (text: string): string => Array.from(text).filter(isShowable).join('');

/** One line that people read, of at most `most` characters. */
/* @__NO_SIDE_EFFECTS__ */
export function lineField(most: number): v.GenericSchema<unknown, string> {
  return v.pipe(v.string(), v.maxLength(most, `at most ${most} characters`), v.check(isShowable, 'a text has no control characters'));
}

/** Lines that people read, of at most `most` characters together. */
/* @__NO_SIDE_EFFECTS__ */
export function linesField(most: number): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string(),
    v.maxLength(most, `at most ${most} characters`),
    v.check((text) => isShowable(text.replaceAll(/[\n\t]/g, ' ')), 'a text has no control characters but line ends'),
  );
}

/** A check that descriptions say as a pattern, where going over a long text by that pattern would be slow: it remembers every letter. */
export interface PatternedCheck {
  (text: string): boolean;
  readonly pattern: string;
}

/** Base64, or a data URL of it (RFC 2397). A picture of 500 KB takes 0.3 ms; by its pattern it takes 1 to 20. */
export const isBase64: PatternedCheck = Object.assign(
  (text: string): boolean => {
    const [head = ''] = /^data:[\w/+.-]{1,80};base64,/.exec(text) ?? [];
    const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
    const end = text.length - padding;
    return end > head.length && !/[^A-Za-z0-9+/]/.test(text.slice(head.length, end));
  },
  { pattern: '^(?:data:[\\w/+.-]{1,80};base64,)?[A-Za-z0-9+/]+={0,2}$' },
);
