/** Where a collection is that no server has: of an account's it is only a matter of time, unless the device keeps to itself. */
export const onlyHereText = (hasAccount: boolean): string =>
  hasAccount
    ? 'This collection is only on this device so far.'
    : 'This collection is only on this device, until you share it or take it into an account.';
