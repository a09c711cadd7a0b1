interface Unsent {
  readonly name: string;
  readonly changes: number;
  readonly photos: number;
  readonly isOnlyHere: boolean;
}

/** Names what would be lost with this device's copy; empty when nothing would. */
export function unsentText(unsent: readonly Unsent[]): string {
  return unsent.map(lineOf).join(' ');
}

function lineOf({ name, changes, photos, isOnlyHere }: Unsent): string {
  const called = `“${name || 'Untitled'}”`;
  if (isOnlyHere) return `${called} is only on this device.`;
  const parts = [...counted(changes, 'change'), ...counted(photos, 'photo')];
  return `${parts.join(' and ')} of ${called} ${changes + photos === 1 ? 'was' : 'were'} never sent.`;
}

const counted = (count: number, what: string): readonly string[] =>
  count === 0 ? [] : [`${count.toLocaleString()} ${what}${count === 1 ? '' : 's'}`];
