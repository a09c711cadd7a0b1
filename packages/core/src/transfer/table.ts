/** Which program a file comes from, told by its headers or its shape. */
export type ImportFormat = 'homebox' | 'cacaw-json' | 'csv';

/** Something the person should know before importing, that stops no row. */
export interface ImportWarning {
  readonly code: 'images' | 'version' | 'checksum' | 'encoding' | 'cells' | 'folders' | 'rows' | 'trash';
  readonly message: string;
}

/** One record of the file as text, at the line it begins on. */
export interface ImportRow {
  readonly line: number;
  readonly cells: readonly string[];
  /** Why the file itself does not hold this record whole. */
  readonly problem?: string | undefined;
}

/** A folder the file describes beyond its name, by its path. */
export interface ImportFolder {
  readonly path: readonly string[];
  readonly icon?: string | undefined;
  readonly color?: string | undefined;
  readonly sort?: string | undefined;
  readonly view?: string | undefined;
}

/** A file read as a table: plain data, the same whatever the format. */
export interface ImportTable {
  readonly format: ImportFormat;
  /** What the program calls itself, for "Imported from …". */
  readonly source: string;
  readonly columns: readonly string[];
  readonly rows: readonly ImportRow[];
  readonly folders: readonly ImportFolder[];
  readonly warnings: readonly ImportWarning[];
}

/** The file cannot be read as any table; the message says what to do. */
export class ImportError extends Error {
  readonly code: 'empty' | 'not-json' | 'not-a-backup' | 'too-new' | 'too-wide';
  constructor(code: ImportError['code'], message: string) {
    super(message);
    this.code = code;
  }
}
