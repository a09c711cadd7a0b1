/** Names what would be lost with this device's copy; empty when nothing would. */
export function unsentText(unsent: readonly { readonly name: string; readonly changes: number; readonly isOnlyHere: boolean }[]): string {
  return unsent.map(lineOf).join(' ');
}

function lineOf({ name, changes, isOnlyHere }: Parameters<typeof unsentText>[0][number]): string {
  const called = `“${name || 'Untitled'}”`;
  if (isOnlyHere) return `${called} is only on this device.`;
  return changes === 1 ? `1 change of ${called} was never sent.` : `${changes.toLocaleString()} changes of ${called} were never sent.`;
}
