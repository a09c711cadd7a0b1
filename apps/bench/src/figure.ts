/** One measured line of the table: what it is, what came out, what was wanted, and what stands beside it from the same run. */
export interface Figure {
  readonly what: string;
  readonly value: string;
  readonly target?: string | undefined;
  readonly beside?: string | undefined;
  /** Only ratios, counts and bytes are gates: they mean the same on a slow and on a busy machine. */
  readonly gate?: { readonly held: boolean; readonly rule: string } | undefined;
  /** Whether a time met its target in this run; told, never gated. */
  readonly met?: boolean | undefined;
}

/** Milliseconds as people read them. */
export const ms = (value: number): string =>
  value < 1
    ? `${(value * 1000).toFixed(0)} µs`
    : value < 10
      ? `${value.toFixed(1)} ms`
      : value < 10_000
        ? `${value.toFixed(0)} ms`
        : `${(value / 1000).toFixed(1)} s`;

/** Bytes as people read them. */
export const bytes = (value: number): string =>
  value < 10_000 ? `${Math.round(value)} B` : value < 1e6 ? `${(value / 1000).toFixed(1)} KB` : `${(value / 1e6).toFixed(2)} MB`;

/** The value below which `share` of the samples lie. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** The middle sample. */
export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** `p50 … / p95 …` of times in milliseconds. */
export const spread = (samples: readonly number[], high = 0.95): string =>
  `p50 ${ms(median(samples))}, p${high * 100} ${ms(percentile(samples, high))}`;
