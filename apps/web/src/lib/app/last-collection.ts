const key = 'cacaw.last-collection';

/** Remembers which collection this browser showed last; without storage the overview is shown instead. */
export function rememberCollection(id: string): void {
  try {
    localStorage.setItem(key, id);
  } catch (error) {
    console.debug('The last collection is not remembered: site data is blocked.', error);
  }
}

/** The collection this browser showed last, or null. */
export function lastCollection(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
