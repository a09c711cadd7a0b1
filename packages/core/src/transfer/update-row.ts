import type { ItemChange, ItemDraft } from '../inventory/commands.ts';
import type { ItemRow } from '../inventory/rows.ts';
import { noteLimit } from '../schema.ts';

/** What an import would change of an item that is already there: only what its row says, and only where it differs. */
export interface RowUpdate {
  readonly change: ItemChange;
  readonly addTags: readonly string[];
  readonly addBarcodes: readonly string[];
  /** New quantity of the place `''`. */
  readonly quantity?: number | undefined;
  readonly note?: { readonly before: string; readonly after: string } | undefined;
}

/** Compares an item with its row; undefined when nothing differs. Tags are added, notes grow, nothing a person wrote is taken away. */
export function updateOf(row: ItemRow, draft: ItemDraft): RowUpdate | undefined {
  const { quantity, tags = [], barcodes = [], note = '', folderId: _folder, custom = {}, ...single } = draft;
  const changed = Object.entries(single).filter(([field, value]) => value !== undefined && !isEqual(row[field as keyof ItemRow], value));
  const newCustom = Object.entries(custom).filter(([field, value]) => !isEqual(row.custom[field], value));
  const addTags = tags.filter((tag) => !row.tags.includes(tag));
  const addBarcodes = barcodes.filter((barcode) => !row.barcodes.includes(barcode));
  const count = newQuantity(row, quantity);
  const text = newNote(row.note, note);
  const change: ItemChange = { ...Object.fromEntries(changed), ...(newCustom.length > 0 ? { custom: Object.fromEntries(newCustom) } : {}) };
  const isSame = changed.length + newCustom.length + addTags.length + addBarcodes.length === 0 && count === undefined && text === undefined;
  return isSame ? undefined : { change, addTags, addBarcodes, quantity: count, note: text };
}

const isEqual = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b);

/** What lies elsewhere stays there; the rest of the new sum lies at the place without a name. */
function newQuantity(row: ItemRow, quantity: number | undefined): number | undefined {
  if (quantity === undefined || quantity === row.quantity) return undefined;
  const elsewhere = row.quantity - (row.places[''] ?? 0);
  return quantity < elsewhere ? undefined : Math.round((quantity - elsewhere) * 1000) / 1000;
}

function newNote(before: string, note: string): RowUpdate['note'] {
  if (note === '' || before.includes(note)) return undefined;
  const after = before === '' ? note : `${before}\n\n${note}`;
  return after.length > noteLimit ? undefined : { before, after };
}
