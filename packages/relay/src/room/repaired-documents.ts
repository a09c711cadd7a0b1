import * as Y from 'yjs';
import type { CollectionId } from '@cacaw/protocol';
import { updatesOf, type UpdateLog } from '../ports/update-log.ts';
import { mergesWithin } from './merge-cost.ts';
import type { RoomOp } from './ops.ts';
import { readDocument } from './read-document.ts';

/**
 * The register documents that repairs of one batch are for, as they stand before each of its ops: pushes of registers cannot be slow
 * to merge, so a room holds no documents of them; a repair can, and may build on the ops before it.
 */
export class RepairedDocuments {
  readonly #docs: ReadonlyMap<string, Y.Doc>;

  private constructor(docs: ReadonlyMap<string, Y.Doc>) {
    this.#docs = docs;
  }

  /** Reads each document once, however many repairs are for it. */
  static async read(log: UpdateLog, collection: CollectionId, ops: readonly RoomOp[]): Promise<RepairedDocuments> {
    const docs = new Map<string, Y.Doc>();
    for (const op of ops) {
      if (op.kind !== 'repair' || docs.has(op.target.name)) continue;
      const { kind, base } = op.target.parsed;
      if (kind !== 'root' && kind !== 'rows') continue;
      const found = await log.document(collection, base);
      const doc = readDocument(found === undefined ? [] : updatesOf(found));
      if (doc !== undefined) docs.set(op.target.name, doc);
    }
    return new RepairedDocuments(docs);
  }

  /** False when merging the op would take everybody too long. */
  takes(op: RoomOp): boolean {
    if (op.kind !== 'repair') return true;
    const doc = this.#docs.get(op.target.name);
    return doc === undefined || mergesWithin(doc, op.bytes);
  }

  /** An update of a document was taken, or read as committed by somebody else. */
  add(document: string, bytes: Uint8Array): void {
    const doc = this.#docs.get(document);
    if (doc !== undefined) Y.applyUpdate(doc, bytes);
  }
}
