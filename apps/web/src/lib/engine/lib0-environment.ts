// Stands for `lib0/environment` (see vite.config.ts), which reads a process's arguments and a storage that no browser's worker has,
// for what Yjs and its codecs ask of it. The names are lib0's.

/** A browser has no variables of a process. */
export const getVariable = (_name: string): undefined => undefined;
/** True: bytes are turned into text by the browser's own means. */
export const isBrowser = true;
