/** Whether this device believes it has a network at all; a relay may still be out of reach. */
export interface Network {
  readonly online: boolean;
  onChange(listener: () => void): () => void;
}

/** A network that is always there: servers, tests, and browsers that cannot say. */
export const alwaysOnline: Network = { online: true, onChange: () => () => undefined };

/** What a browser says about its network, in a page as well as in a worker. */
export function createBrowserNetwork(
  scope: Pick<typeof globalThis, 'addEventListener' | 'removeEventListener' | 'navigator'> = globalThis,
): Network {
  return {
    get online() {
      return scope.navigator.onLine !== false;
    },
    onChange(listener) {
      scope.addEventListener('online', listener);
      scope.addEventListener('offline', listener);
      return () => {
        scope.removeEventListener('online', listener);
        scope.removeEventListener('offline', listener);
      };
    },
  };
}
