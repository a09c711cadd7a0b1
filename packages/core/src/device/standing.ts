import type { DocumentName } from '@cacaw/protocol';
import type { DocumentBase } from '../inventory/plan-view.ts';
import type { Work } from './edit.ts';
import { registerBase } from './live-document.ts';
import { itemsOfShard, recordsOf, unitOf } from './unit.ts';

/** How a document of a page stands to what this device holds of it. */
export interface Standing {
  readonly base: DocumentBase;
  /** The page brings the generation held here (or the first one), a newer, or an older. */
  readonly age: 'same' | 'newer' | 'older';
  /** A shard of which nothing is stored yet: its rows can be written in one piece. */
  readonly isFresh: boolean;
}

/** Undefined for documents this device does not hold. */
export async function standingOf(work: Work, name: DocumentName): Promise<Standing | undefined> {
  const named = registerBase(name);
  if (named === undefined) return undefined;
  const [known, hasRows] = await Promise.all([heldGeneration(work, named.base), hasStoredRows(work, named.base)]);
  const isFresh = known === undefined && named.base.startsWith('rows.') && !hasRows;
  const newer = named.generation - (known ?? named.generation);
  return { base: named.base, age: newer > 0 ? 'newer' : newer < 0 ? 'older' : 'same', isFresh };
}

async function heldGeneration({ tx, held }: Work, base: DocumentBase): Promise<number | undefined> {
  const [record] = await tx.range('confirmed', { ...recordsOf(held.id, base), limit: 1 });
  const name = record?.document ?? held.pending.ofBase(base)[0]?.document;
  return name === undefined ? undefined : registerBase(name)?.generation;
}

async function hasStoredRows({ tx, held }: Work, base: DocumentBase): Promise<boolean> {
  const key = unitOf(base);
  if (key === 'root') return true;
  const [items, chunk] = await Promise.all([tx.count('items', itemsOfShard(held.id, key)), tx.get('chunks', [held.id, key])]);
  return items > 0 || chunk !== undefined;
}
