import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { random } from '#lib/app/cacaw-app.svelte.ts';

const key = 'cacaw.demo';
let begun: CollectionId | null = null;

/** The demo collection that was begun in this browser and is not known to be whole, or null. */
export function unfinishedDemo(): CollectionId | null {
  try {
    return (localStorage.getItem(key) as CollectionId | null) ?? begun;
  } catch {
    return begun;
  }
}

/** Begins one, so that a reload goes on with it. */
export function beginDemo(): void {
  begun = newCollectionId(random);
  try {
    localStorage.setItem(key, begun);
  } catch {
    return; // Site data is blocked or full: this page goes on with it, a reload does not.
  }
}

/** It is whole, or cannot be. */
export function endDemo(): void {
  begun = null;
  try {
    localStorage.removeItem(key);
  } catch {
    return; // Site data is blocked: nothing was remembered.
  }
}
