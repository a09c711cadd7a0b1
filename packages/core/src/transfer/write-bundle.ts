import type { FolderRow, ItemRow, Money } from '../inventory/rows.ts';
import { inventory } from '../schema.ts';
import { backupVersion, bundleFormat, type BundleCollection, type NotebookPiece } from './bundle.ts';
import { currencyDigits } from './parse-values.ts';

/** A running SHA-256, from the platform. */
export interface TextHash {
  update(text: string): unknown;
  /** Hexadecimal. */
  digest(): string;
}

/** What a bundle begins with. */
export interface BundleHead {
  readonly collection: BundleCollection;
  readonly folders: readonly FolderRow[];
  readonly notebook: readonly NotebookPiece[];
  readonly exportedAt: Date;
  readonly appVersion: string;
}

/** Writes a bundle piece by piece, so that no collection has to fit in memory. Pieces must be kept in order. */
export interface BundleWriter {
  begin(head: BundleHead): string;
  items(rows: readonly ItemRow[]): string;
  /** The rest, with the number of items and the checksum of everything. */
  end(): string;
}

/** A writer of CacawInventory backups that also hold, under `cacaw`, what that format has no place for. */
export function createBundleWriter(hash: TextHash): BundleWriter {
  let items = 0;
  let folders = 0;
  let appVersion = '';
  const hashed = (text: string): string => {
    hash.update(text);
    return text;
  };
  return {
    begin(head) {
      folders = head.folders.length;
      appVersion = head.appVersion;
      const start = {
        version: backupVersion,
        exportedAt: head.exportedAt.toISOString(),
        exportType: 'collection',
        // Whoever may edit a collection may write what version it says it has; what stands here is what this app read of it.
        cacaw: { format: bundleFormat, collection: { ...head.collection, schemaVersion: inventory.version }, notebook: head.notebook },
        folders: head.folders.map(folderEntry),
      };
      return hashed(`${JSON.stringify(start).slice(0, -1)},"items":[`);
    },
    items(rows) {
      const text = rows.map((row) => JSON.stringify(itemEntry(row))).join(',');
      const piece = items > 0 && rows.length > 0 ? `,${text}` : text;
      items += rows.length;
      return hashed(piece);
    },
    end() {
      const metadata = JSON.stringify({ appVersion, totalFolders: folders, totalItems: items });
      // The checksum is that of the file with an empty checksum, as CacawInventory computes it.
      const tail = `],"metadata":${metadata},"checksum":"`;
      hash.update(`${tail}"}`);
      return `${tail}${hash.digest()}"}`;
    },
  };
}

const moment = (ms: number): string => new Date(ms).toISOString();

function folderEntry({ collection: _collection, ...folder }: FolderRow): object {
  const { id, name, parent, icon, color, sort, view, createdAt, updatedAt, ...rest } = folder;
  const isDescending = sort.startsWith('-');
  const field = isDescending ? sort.slice(1) : sort;
  return {
    id,
    name,
    parentId: parent === '' ? null : parent,
    createdAt: moment(createdAt),
    updatedAt: moment(updatedAt),
    metadata: {
      color,
      icon,
      viewMode: view,
      sortOrder: field === 'createdAt' ? 'date' : field,
      sortDirection: isDescending ? 'desc' : 'asc',
    },
    cacaw: { ...rest, sort, createdAt, updatedAt },
  };
}

function itemEntry({ collection: _collection, ...item }: ItemRow): object {
  const { id, folderId, name, type, series, condition, description, tags, note, ocrText, archived, ...rest } = item;
  const { quantity, createdAt, updatedAt, estimatedValue, purchasePrice } = rest;
  return {
    id,
    folderId: folderId === '' ? null : folderId,
    name,
    type,
    series,
    condition,
    description,
    tags,
    notes: note,
    estimatedValue: majorUnits(estimatedValue),
    purchasePrice: majorUnits(purchasePrice),
    currency: (estimatedValue ?? purchasePrice)?.currency ?? '',
    ocrText,
    isArchived: archived,
    quantity,
    createdAt: moment(createdAt),
    updatedAt: moment(updatedAt),
    cacaw: rest,
  };
}

const majorUnits = (money: Money | null): number | null => (money === null ? null : money.amount / 10 ** currencyDigits(money.currency));
