import type { LockedAccount } from '@cacaw/client/accounts';

/** Whose collections lie locked on this device: nobody who signed out and kept them may think they are lost. */
export function lockedText(locked: readonly Pick<LockedAccount, 'username'>[]): string {
  const names = locked.map(({ username }) => username).filter(Boolean);
  if (names.length === 0) return 'The collections of an account are kept on this device, locked, until you sign in.';
  const all = new Intl.ListFormat('en').format(names);
  return `The collections of ${all} are kept on this device, ${names.length === 1 ? `locked until ${all} signs in` : 'each locked until its owner signs in'}.`;
}
