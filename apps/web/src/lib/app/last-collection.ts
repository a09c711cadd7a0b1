const key = 'cacaw.last-collection';

/** Remembers which collection this browser showed last; without storage the overview is shown instead. */
export function rememberCollection(id: string): void {
  try {
    localStorage.setItem(key, id);
  } catch {
    return; // Site data is blocked: the next visit begins at the overview.
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

/** Forgets it, or only this one of it: what a person took off this browser is not missed when they come back. */
export function forgetLastCollection(id?: string): void {
  if (id !== undefined && lastCollection() !== id) return;
  try {
    localStorage.removeItem(key);
  } catch {
    return; // Site data is blocked: nothing was remembered.
  }
}
