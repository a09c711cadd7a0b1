/** One schema change. A released one is never edited. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  /** Statements run as one, inside a `do` block. */
  readonly sql: string;
}
