import type { CustomField } from '../inventory/rows.ts';
import type { WritingStyle } from './parse-values.ts';

/** What an item can take from a column. `place` columns join to a path, `reference` makes importing again an update. */
export type ImportField =
  | 'name'
  | 'type'
  | 'place'
  | 'tags'
  | 'quantity'
  | 'series'
  | 'condition'
  | 'description'
  | 'note'
  | 'estimatedValue'
  | 'purchasePrice'
  | 'currency'
  | 'acquiredAt'
  | 'archived'
  | 'canContain'
  | 'barcodes'
  | 'ocrText'
  | 'reference'
  | 'parentReference';

/** A field of the collection to be defined on the fly, or one it already has. */
export type ImportCustomField = Pick<CustomField, 'key' | 'label' | 'kind' | 'options'>;

/** Where one column goes. `leftover` becomes a line "Column: value" of the note, so that nothing is lost without being told. */
export type ImportTarget =
  | { readonly to: 'field'; readonly field: ImportField }
  | { readonly to: 'custom'; readonly field: ImportCustomField }
  | { readonly to: 'leftover' }
  | { readonly to: 'nothing' };

/** How a table becomes items: one target per column, and how its values are written. Plain data a page can show and change. */
export interface ImportMapping extends WritingStyle {
  readonly targets: readonly ImportTarget[];
  /** Between the places of one path; `json` for a list, `''` when a value is one place. */
  readonly placeSeparator: string;
  /** Between tags or barcodes of one value. */
  readonly listSeparator: string;
  /** Rows whose reference is unknown may also be found by name and place. */
  readonly matchByName: boolean;
  /** Amounts of zero mean that nothing was entered (Homebox writes 0.00 for no price). */
  readonly zeroIsEmpty: boolean;
}

/** Where an item keeps what it was called in the file it came from, so that importing the file again finds it. */
export const referenceField: ImportCustomField = { key: 'import-ref', label: 'Import reference', kind: 'text', options: [] };
