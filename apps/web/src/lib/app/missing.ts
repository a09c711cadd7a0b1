/** What this browser lacks here, as a person reads it; empty on a secure origin with a current browser. */
export function missingAbilities(scope: typeof globalThis & { isSecureContext?: boolean }): readonly string[] {
  const missing: string[] = [];
  if (!('serviceWorker' in scope.navigator)) missing.push('opening the app with no network');
  if (!('locks' in scope.navigator)) missing.push('writing from several tabs (one tab writes, the others only show)');
  if (!scope.crypto?.subtle) missing.push('installing the app and checking photos');
  return missing;
}
