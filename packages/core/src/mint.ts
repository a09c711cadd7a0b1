import { parseEntry, type Json, type Register, type WriterId } from '@cacaw/protocol';
import * as Y from 'yjs';
import { Registers } from './registers.ts';

/**
 * Makes a register or note document anew: the update of a fresh document, to be stored under the next generation, that shows
 * the same rows and the same notes and has forgotten how they came about. Only the relay's worker may do this (model.md 4).
 * The same content and writer give the same bytes.
 */
export function mint(updates: readonly Uint8Array[], writer: WriterId): Uint8Array {
  const source = new Y.Doc();
  source.clientID = writer;
  source.transact(() => updates.forEach((bytes) => Y.applyUpdate(source, bytes, 'mint')), 'mint');
  if (source.store.pendingStructs !== null || source.store.pendingDs !== null)
    throw new Error('This document is incomplete: an update it builds on is missing. Read its log from the start.');
  const fresh = new Y.Doc();
  fresh.clientID = writer;
  fresh.transact(() => {
    const entries = foldedEntries(source);
    if (entries.length > 0) fresh.getArray('r').push(entries);
    for (const [name, text] of notesOf(source)) fresh.getText(name).insert(0, text);
  }, 'mint');
  return Y.encodeStateAsUpdate(fresh);
}

/** Per row one bundle of everything visible, its purge marker apart; what an older worker cannot read is copied as it is. */
function foldedEntries(source: Y.Doc): unknown[] {
  const registers = new Registers(source);
  const entries: unknown[] = [];
  for (const row of [...registers.rows()].sort()) {
    const visible = registers.row(row) ?? new Map<string, Register>();
    const fields = [...visible].filter(([field]) => field !== 'Z').sort(([a], [b]) => (a < b ? -1 : 1));
    const folded: { readonly [field: string]: Json } = Object.fromEntries(
      fields.map(([field, { value, stamp }]) => [field, [value, stamp]]),
    );
    if (fields.length > 0) entries.push([row, 0, folded, 0]);
    const marker = visible.get('Z');
    if (marker !== undefined) entries.push([row, 'Z', marker.value, marker.stamp]);
  }
  const unreadable = source
    .getArray('r')
    .toArray()
    .filter((value) => parseEntry(value) === undefined && !(value instanceof Y.AbstractType));
  return [...entries, ...unreadable];
}

function notesOf(source: Y.Doc): readonly (readonly [name: string, text: string])[] {
  const names = [...source.share.keys()].filter((name) => name.startsWith('n/')).sort();
  return names.map((name) => [name, source.getText(name).toJSON()] as const).filter(([, text]) => text !== '');
}
