import type { CollectionId, Json } from '@cacaw/protocol';
import type { FolderCopy, ItemCopy } from '../inventory/commands.ts';
import type { CustomField } from '../inventory/rows.ts';

/** Version of what stands under `cacaw` in a bundle; a changed shape gets a new one. */
export const bundleFormat = 1;
/** Version of the CacawInventory backup that a bundle also is. */
export const backupVersion = '1.0.0';

/** A piece of the notebook's page with one look, as Yjs and Quill write it. */
export interface NotebookPiece {
  readonly insert: string;
  readonly attributes?: { readonly [name: string]: Json } | undefined;
}

/** What a bundle says about its collection. */
export interface BundleCollection {
  readonly id: CollectionId;
  readonly name: string;
  readonly type: string;
  readonly currency: string;
  readonly schemaVersion: number;
  readonly createdAt: number;
  readonly settings: { readonly [key: string]: Json };
  readonly fields: readonly CustomField[];
}

/** A collection as one file: everything the model has; of photos and files what is said of them, their bytes lie beside it. */
export interface Bundle {
  readonly collection: BundleCollection;
  readonly folders: readonly FolderCopy[];
  readonly items: readonly ItemCopy[];
  readonly notebook: readonly NotebookPiece[];
  /** What of the file cannot be read, one entry a row. */
  readonly problems: readonly BundleProblem[];
}

/** A row that stays behind, with the reason. */
export interface BundleProblem {
  readonly name: string;
  readonly reason: string;
}
