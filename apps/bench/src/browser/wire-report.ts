/** What an engine's worker is told by its name. */
export interface EngineAddress {
  readonly relay: string;
  /** Tells the engines of one browser apart. */
  readonly name: string;
}

/** One frame that crossed an engine's socket; `kind` is its first byte. */
export interface WireFrame {
  readonly direction: 'sent' | 'received';
  readonly bytes: number;
  readonly kind: number;
  readonly at: number;
}

/** What the observing worker answers. */
export interface WireReport {
  readonly answer: number;
  readonly database: { readonly startedAt: number; readonly endedAt: number } | undefined;
  readonly frames: readonly WireFrame[];
}

export type WireAsk = { readonly ask: 'report'; readonly id: number } | { readonly ask: 'cut' } | { readonly ask: 'clear' };

/** The channel an engine's worker answers on. */
export const wireChannel = (name: string): string => `bench-${name}`;
