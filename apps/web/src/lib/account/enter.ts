import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';

/** Goes on as whoever has just signed in. */
export async function enter(_app: CacawApp, next: string): Promise<void> {
  location.assign(next);
}
