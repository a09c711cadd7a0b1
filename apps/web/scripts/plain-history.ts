// Stands for `devalue` in what browsers load (see vite.config.ts). The framework writes history state and snapshots with it;
// here both are plain JSON, and the rest of it reads and writes what only a rendering server sends.

/** Writes a history state or a snapshot. */
export const stringify = (value: unknown): string => JSON.stringify(value ?? null);
/** Reads what {@link stringify} wrote. */
export const parse = (text: string): unknown => JSON.parse(text);
/** There is no server whose load functions could answer. */
export const unflatten = (): never => {
  throw new Error('This app has no server load functions; build it without plain-history.ts to use them.');
};
/** There is no server that renders pages. */
export const uneval = unflatten;
