import { isBlobHash, stampToMs, type BlobHash } from '@cacaw/protocol';
import type * as Y from 'yjs';
import { isPurged } from '../inventory/project.ts';
import { Registers } from '../registers.ts';

/** How long a photo or file that was taken away can be put back. */
export const restorableMs: number = 30 * 24 * 60 * 60_000;

/** What a rows document says of blobs; each as `photo/<hash>` or `file/<hash>`. */
export interface BlobReferences {
  /** Those an item refers to, living or in the trash, or referred to until lately. */
  readonly needed: readonly string[];
  /** Those that stand in it at all, taken away long ago included. */
  readonly seen: readonly string[];
}

const uses: { readonly [family: string]: 'photo' | 'file' } = { h: 'photo', f: 'file' };

/** Reads which blobs a rows document needs at a moment; a purged row needs none. */
export function blobReferences(rows: Y.Doc, nowMs: number): BlobReferences {
  const [needed, seen] = [new Set<string>(), new Set<string>()];
  const registers = new Registers(rows);
  for (const row of registers.rows()) {
    const visible = registers.row(row);
    for (const [field, { value, stamp }] of visible ?? []) {
      const name = referenceIn(field);
      if (name === undefined) continue;
      seen.add(name);
      if (!isPurged(visible) && (value !== null || stampToMs(stamp) > nowMs - restorableMs)) needed.add(name);
    }
  }
  return { needed: [...needed], seen: [...seen] };
}

function referenceIn(field: string): `${'photo' | 'file'}/${BlobHash}` | undefined {
  const [family = '', hash] = field.split(':', 2);
  const use = uses[family];
  return use !== undefined && isBlobHash(hash) ? `${use}/${hash}` : undefined;
}
