/** Tells caches in front of the relay that everything under a path (`/p/<token>/`) is gone. Never fails its caller. */
export type Purge = (path: string) => Promise<void>;
