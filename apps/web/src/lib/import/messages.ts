import type { Command, CommandResult, CustomField, FolderRow, ItemRow } from '@cacaw/core';
import type { ImportFormat, ImportMapping, ImportPreview, ImportProgress, ImportWarning } from '@cacaw/core/transfer';
import type { CollectionId, CommandId } from '@cacaw/protocol';

/** A file as it was read: what it is, and a taste of each column. */
export interface ReadSummary {
  readonly format: ImportFormat;
  readonly source: string;
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  readonly rows: number;
  readonly warnings: readonly ImportWarning[];
  readonly mapping: ImportMapping;
}

/** What an import would do, small enough to show: all errors counted, the first ones listed. */
export interface PreviewSummary {
  readonly counts: ImportPreview['counts'];
  readonly errors: readonly { readonly line: number; readonly name: string; readonly column: string; readonly reason: string }[];
  readonly samples: readonly {
    readonly line: number;
    readonly name: string;
    readonly outcome: string;
    readonly place: string;
    readonly warning: string;
  }[];
  readonly folders: number;
  readonly fields: readonly string[];
  readonly warnings: readonly ImportWarning[];
}

/** How an import ended, as plain data. */
export interface EndedImport {
  readonly ended: 'done' | 'cancelled' | 'failed';
  readonly commands: readonly CommandId[];
  readonly rowsDone: number;
  readonly reason: string;
}

export type ToImporter =
  | { readonly type: 'read'; readonly file: File; readonly currency: string; readonly fields: readonly CustomField[] }
  | { readonly type: 'existing'; readonly items: readonly ItemRow[]; readonly first: boolean }
  | {
      readonly type: 'preview';
      readonly mapping: ImportMapping;
      readonly folders: readonly FolderRow[];
      readonly fields: readonly CustomField[];
    }
  | { readonly type: 'run'; readonly collection: CollectionId; readonly updates: boolean }
  | { readonly type: 'result'; readonly id: CommandId; readonly result: CommandResult }
  | { readonly type: 'refused'; readonly id: CommandId; readonly reason: string }
  | { readonly type: 'cancel' };

export type FromImporter =
  | { readonly type: 'read'; readonly summary: ReadSummary }
  | { readonly type: 'reading'; readonly done: number; readonly total: number }
  | { readonly type: 'preview'; readonly summary: PreviewSummary }
  | { readonly type: 'command'; readonly id: CommandId; readonly command: Command }
  | { readonly type: 'progress'; readonly progress: ImportProgress }
  | { readonly type: 'ended'; readonly receipt: EndedImport }
  | { readonly type: 'failed'; readonly reason: string };
