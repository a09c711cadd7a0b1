// Stands for `lib0/logging` (see vite.config.ts): Yjs writes four lines with it, in whose colours a schema library, a virtual
// console and a random generator would come along. The names are lib0's.

/** Writes to the browser's console; colours are left out. */
// oxlint-disable-next-line no-console
export const print = (...words: readonly unknown[]): void => console.info(...words.filter((word) => typeof word !== 'symbol'));
/** Writes a warning to the browser's console. */
// oxlint-disable-next-line no-console
export const warn = (...words: readonly unknown[]): void => console.warn(...words);
export const BOLD: unique symbol = Symbol('bold');
export const UNBOLD: unique symbol = Symbol('unbold');
export const ORANGE: unique symbol = Symbol('orange');
export const RED: unique symbol = Symbol('red');
