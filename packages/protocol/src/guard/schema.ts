/** What the guard checks of one field's value; a field the schema does not name is allowed (it belongs to a newer app). */
export interface FieldRule {
  readonly kind: 'text' | 'integer' | 'number' | 'flag' | 'time' | 'money' | 'date' | 'ref' | 'json';
  /** Characters of text, or the largest magnitude of a number. */
  readonly max?: number | undefined;
  readonly nullable?: boolean | undefined;
}

/** Fields of one kind of row: by exact code, or by the prefix before `:` where the rest is a key (tags, places, custom fields). */
export interface RowRule {
  readonly fields: { readonly [code: string]: FieldRule };
  readonly keyed: { readonly [prefix: string]: FieldRule & { readonly keyMax: number } };
}

/** The declared data model as the guard reads it; made from the app's schema, never written by hand. */
export interface GuardSchema {
  readonly version: number;
  /** Rules of root rows by the first character of their id: `F` folder, `X` field, `S` shard, `@` collection. */
  readonly root: { readonly [initial: string]: RowRule };
  readonly rows: RowRule;
}
