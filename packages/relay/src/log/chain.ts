import { createHash } from 'node:crypto';
import type { LogRow } from '../ports/update-log.ts';

/** Chain value of an empty log. */
export const firstChain: Uint8Array = new Uint8Array(8);

/**
 * The chain value of a row: the first 8 bytes of SHA-256 over the value before it and everything that makes the row what
 * it is. Two logs that agree on a chain value agree on everything before it.
 */
export function nextChain(previous: Uint8Array, row: Pick<LogRow, 'seq' | 'document' | 'writer' | 'ref' | 'bytes'>): Uint8Array {
  const name = Buffer.from(row.document);
  const head = Buffer.alloc(previous.length + 8 + 2 + name.length + 4 + 8);
  head.set(previous);
  let at = head.writeBigUInt64BE(BigInt(row.seq), previous.length);
  at = head.writeUInt16BE(name.length, at);
  at += name.copy(head, at);
  at = head.writeUInt32BE(row.writer, at);
  head.writeBigUInt64BE(BigInt(row.ref), at);
  return new Uint8Array(createHash('sha256').update(head).update(row.bytes).digest().subarray(0, 8));
}

/** Whether two byte strings are equal, compared natively: snapshots are megabytes. */
export const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && Buffer.compare(a, b) === 0;
