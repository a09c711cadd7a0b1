import { isCollectionId, isWriterId, type AccountId, type CollectionId, type MemberId, type WriterId } from '../ids.ts';
import { isDocumentName, type DocumentName } from '../document-name.ts';
import type { LogReference } from './log-base.ts';
import type { Reader } from './reader.ts';
import { Writer } from './writer.ts';

/** How one value travels. `shape` describes the bytes; PROTOCOL.md and the pinned hash are made from it. */
export interface Codec<T> {
  readonly shape: string;
  write(to: Writer, value: T, log: LogReference): void;
  read(from: Reader, log: LogReference): T;
}

type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> };

/** A whole number from 0, as an unsigned varint. */
export const uint = <T extends number = number>(max: number = Number.MAX_SAFE_INTEGER): Codec<T> => ({
  shape: max === Number.MAX_SAFE_INTEGER ? 'uint' : `uint ≤ ${max}`,
  write: (to, value) => to.uint(value),
  read: (from) => {
    const value = from.uint();
    if (value > max) from.fail('a number is larger than its field allows');
    return (from.problem === undefined ? value : 0) as T;
  },
});

/** Yes or no. */
export const flag: Codec<boolean> = {
  shape: 'flag',
  write: (to, value) => to.byte(value ? 1 : 0),
  read: (from) => {
    const byte = from.byte();
    if (byte > 1) from.fail('a flag is neither 0 nor 1');
    return byte === 1;
  },
};

/** One of a few words, as the byte of its position. */
export const word = <const T extends string>(words: readonly T[]): Codec<T> => ({
  shape: `byte of (${words.map((one, index) => `${index} ${one}`).join(', ')})`,
  write: (to, value) => {
    const index = words.indexOf(value);
    if (index < 0) throw new RangeError(`${value} is none of ${words.join(', ')}.`);
    to.byte(index);
  },
  read: (from) => {
    const found = words[from.byte()];
    if (found === undefined) from.fail('a choice is unknown');
    return found ?? (words[0] as T);
  },
});

/** Well-formed text of at most `max` bytes of UTF-8, its byte length first. */
export const text = <T extends string = string>(max: number): Codec<T> => ({
  shape: `text ≤ ${max}`,
  write: (to, value) => {
    const bytes = Writer.utf8(value);
    if (bytes.length > max) throw new RangeError(`A text of ${bytes.length} bytes is longer than the ${max} its field allows; shorten it.`);
    to.uint(bytes.length);
    to.raw(bytes);
  },
  read: (from) => {
    const length = from.uint();
    if (length > max) from.fail('a text is longer than its field allows');
    return from.text(from.problem === undefined ? length : 0) as T;
  },
});

/** Text that must also pass `accepts`. */
function named<T extends string>(shape: string, max: number, accepts: (value: string) => boolean): Codec<T> {
  const plain = text<T>(max);
  return {
    shape,
    write: (to, value, log) => plain.write(to, value, log),
    read: (from, log) => {
      const value = plain.read(from, log);
      if (!accepts(value)) from.fail(`a ${shape} is not one`);
      return value;
    },
  };
}

/** The id of a collection. */
export const collectionId: Codec<CollectionId> = named('collection id', 22, isCollectionId);
/** The name of a document, generation included. */
export const documentName: Codec<DocumentName> = named('document name', 96, isDocumentName);
/** The id of an account. */
export const accountId: Codec<AccountId> = text(64);

/** A writer id as a number. */
export const writerId: Codec<WriterId> = {
  shape: 'writer id',
  write: (to, value) => to.uint(value),
  read: (from) => {
    const value = from.uint();
    if (!isWriterId(value)) from.fail('a writer id is not one');
    return value as WriterId;
  },
};

/** A member id as a number. */
export const memberId: Codec<MemberId> = { ...(writerId as Codec<number> as Codec<MemberId>), shape: 'member id' };

/** Bytes with their length first. */
export const bytes = (max: number): Codec<Uint8Array> => ({
  shape: `bytes ≤ ${max}`,
  write: (to, value) => {
    if (value.length > max) throw new RangeError(`${value.length} bytes are more than the ${max} their field allows.`);
    to.uint(value.length);
    to.raw(value);
  },
  read: (from) => {
    const length = from.uint();
    if (length > max) from.fail('bytes are longer than their field allows');
    return from.take(from.problem === undefined ? length : 0);
  },
});

/** Exactly `length` bytes. */
export const exactBytes = (length: number): Codec<Uint8Array> => ({
  shape: `${length} bytes`,
  write: (to, value) => {
    if (value.length !== length) throw new RangeError(`${value.length} bytes where exactly ${length} belong.`);
    to.raw(value);
  },
  read: (from) => from.take(length),
});

/** All bytes up to the end of the message; only as a last field. */
export const restBytes: Codec<Uint8Array> = {
  shape: 'the rest',
  write: (to, value) => to.raw(value),
  read: (from) => from.take(from.remaining),
};

/** A value that may be missing: a flag, then the value. */
export const optional = <T>(inner: Codec<T>): Codec<T | undefined> => ({
  shape: `optional ${inner.shape}`,
  write: (to, value, log) => {
    flag.write(to, value !== undefined, log);
    if (value !== undefined) inner.write(to, value, log);
  },
  read: (from, log) => (flag.read(from, log) ? inner.read(from, log) : undefined),
});

/** At most `max` values, their number first. */
export const list = <T>(inner: Codec<T>, max: number): Codec<readonly T[]> => ({
  shape: `list ≤ ${max} of ${inner.shape}`,
  write: (to, values, log) => {
    if (values.length > max) throw new RangeError(`A list of ${values.length} is longer than the ${max} its field allows; split it.`);
    to.uint(values.length);
    for (const value of values) inner.write(to, value, log);
  },
  read: (from, log) => {
    const count = from.uint();
    if (count > max || count > from.remaining) from.fail('a list is longer than its field or the message allows');
    const values: T[] = [];
    while (values.length < count && from.problem === undefined) values.push(inner.read(from, log));
    return values;
  },
});

/** Values up to the end of the message; only as a last field. */
export const restList = <T>(inner: Codec<T>): Codec<readonly T[]> => ({
  shape: `to the end: ${inner.shape}`,
  write: (to, values, log) => {
    for (const value of values) inner.write(to, value, log);
  },
  read: (from, log) => {
    const values: T[] = [];
    while (from.remaining > 0) values.push(inner.read(from, log));
    return values;
  },
});

/** Fields one after the other, in the order they are declared. */
export function struct<T extends object>(fields: Fields<T>): Codec<T> {
  const names = Object.keys(fields) as (keyof T & string)[];
  return {
    shape: `{${names.map((name) => `${name}: ${fields[name].shape}`).join('; ')}}`,
    write: (to, value, log) => {
      for (const name of names) fields[name].write(to, value[name], log);
    },
    read: (from, log) => Object.fromEntries(names.map((name) => [name, fields[name].read(from, log)])) as T,
  };
}

/** One of several structs told apart by the word in `tag`: its byte, then the fields of that kind. */
export function variants<Tag extends string, T extends { readonly [K in Tag]: string }>(
  tag: Tag,
  kinds: { readonly [K in T[Tag]]: Codec<Omit<Extract<T, { readonly [P in Tag]: K }>, Tag>> },
): Codec<T> {
  const names = Object.keys(kinds) as T[Tag][];
  const tags = word(names);
  const codecOf = (kind: T[Tag]): Codec<object> => kinds[kind] as Codec<object>;
  return {
    shape: `${tag}: ${names.map((kind, index) => `${index} ${kind} ${codecOf(kind).shape}`).join(' | ')}`,
    write: (to, value, log) => {
      tags.write(to, value[tag], log);
      codecOf(value[tag]).write(to, value, log);
    },
    read: (from, log) => {
      const kind = tags.read(from, log);
      return { [tag]: kind, ...codecOf(kind).read(from, log) } as object as T;
    },
  };
}
