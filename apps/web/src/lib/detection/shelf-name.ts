import type { ItemRow } from '@cacaw/core';

const shelf = 'Shelf photo';

/** A name for a photo until it has become items: `Shelf photo 29 Nov, 10:12`. */
export function shelfName(now: number): string {
  const moment = new Date(now).toLocaleString(undefined, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });
  return `${shelf} ${moment}`;
}

/** A name for a photo of an item that is looked at for what else is in it. */
export const shelfNameOf = (name: string): string => `${shelf}: ${name}`.slice(0, 200);

/** The app gave the name; nobody would miss it. */
export const isShelfName = (name: string): boolean => name === shelf || name.startsWith(`${shelf} `) || name.startsWith(`${shelf}: `);

type Told = Pick<
  ItemRow,
  'name' | 'description' | 'note' | 'barcodes' | 'files' | 'estimatedValue' | 'purchasePrice' | 'canContain' | 'quantity' | 'custom'
>;

/** Nothing but the photo: once its things are items of their own, it has done what it was for. */
export function isBareShelfPhoto(row: Told): boolean {
  const isWritten = [row.description, row.note, ...row.barcodes, ...row.files, ...Object.values(row.custom)].some((part) => part !== '');
  return isShelfName(row.name) && !isWritten && !row.canContain && row.quantity === 1 && !row.estimatedValue && !row.purchasePrice;
}
