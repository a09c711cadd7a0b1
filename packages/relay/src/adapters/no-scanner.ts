import type { Scanner } from '../ports/scanner.ts';

/** No scanner: it says so of everything, for operators who chose to have none. */
export const createNoScanner = (): Scanner => ({ scan: () => Promise.resolve({ verdict: 'none' }) });
