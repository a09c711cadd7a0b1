import { isShardId, type ShardId } from './ids.ts';

declare const brand: unique symbol;
/** The name of one Yjs document of a collection, generation included, e.g. `rows.4fK2aB.0`. */
export type DocumentName = string & { readonly [brand]: 'DocumentName' };

/** A document name taken apart. `base` is the name without its generation. */
export type ParsedDocumentName = { readonly base: string; readonly generation: number } & (
  | { readonly kind: 'root' }
  | { readonly kind: 'rows' | 'notes'; readonly shard: ShardId }
  | { readonly kind: 'proposals' | 'free'; readonly id: string }
);

const pattern = /^(root|rows|notes|proposals|free)(?:\.([0-9A-Za-z_-]{1,64}))?\.(0|[1-9][0-9]{0,8})$/;

/** Takes a document name apart, or returns undefined when it is none. */
export function parseDocumentName(name: string): ParsedDocumentName | undefined {
  const [, kind, id, digits] = pattern.exec(name) ?? [];
  if (kind === undefined || digits === undefined) return undefined;
  const generation = Number(digits);
  if (kind === 'root') return id === undefined ? { kind, base: kind, generation } : undefined;
  if (id === undefined) return undefined;
  const base = `${kind}.${id}`;
  if (kind === 'rows' || kind === 'notes') return isShardId(id) ? { kind, shard: id, base, generation } : undefined;
  return { kind: kind as 'proposals' | 'free', id, base, generation };
}

/** True when {@link parseDocumentName} can take it apart. */
export const isDocumentName = (name: string): name is DocumentName => parseDocumentName(name) !== undefined;
/** The document of folders, field definitions and settings. */
export const rootDocument = (generation = 0): DocumentName => `root.${generation}` as DocumentName;
/** The document of the items born in `shard`. */
export const rowsDocument = (shard: ShardId, generation = 0): DocumentName => `rows.${shard}.${generation}` as DocumentName;
/** The document of the notes of items born in `shard`. */
export const notesDocument = (shard: ShardId, generation = 0): DocumentName => `notes.${shard}.${generation}` as DocumentName;
/** An embedder's own document, synced over the stock lane. */
export const freeDocument = (name: string, generation = 0): DocumentName => `free.${name}.${generation}` as DocumentName;
