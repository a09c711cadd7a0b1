const key = 'cacaw.full-photos';

/** Whether this browser keeps photos in full resolution; without storage it does not. */
export function keepsFullPhotos(): boolean {
  try {
    return localStorage.getItem(key) === 'yes';
  } catch {
    return false; // Site data is blocked: nothing was chosen.
  }
}

/** Remembers the choice for photos taken from now on; false where the browser keeps nothing. */
export function keepFullPhotos(choice: boolean): boolean {
  try {
    localStorage.setItem(key, choice ? 'yes' : 'no');
    return true;
  } catch {
    return false;
  }
}
