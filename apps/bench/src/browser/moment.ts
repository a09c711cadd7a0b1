/** Milliseconds on one scale for every page, worker and process of this machine, finer than a millisecond. */
export const moment = (): number => performance.timeOrigin + performance.now();
