/** What a scanner says: `unscanned` is never taken for clean, what it is about waits. `none`: there is no scanner, and its operator knows. */
export type ScanVerdict =
  | { readonly verdict: 'clean' }
  | { readonly verdict: 'none' }
  | { readonly verdict: 'infected'; readonly signature: string }
  | { readonly verdict: 'unscanned'; readonly why: string };

/** Looks for malware. Guarantees, proven by `contracts/scanner.ts`: it never rejects, and says `clean` only when the whole was looked at. */
export interface Scanner {
  scan(bytes: Uint8Array): Promise<ScanVerdict>;
}
