/** Whether this device believes it has a network at all; a relay may still be out of reach. */
export interface Network {
  readonly online: boolean;
  /** It costs the person something; what can wait should. Unknown is no. */
  readonly isMetered?: boolean | undefined;
  /** One thing at a time gets through sooner. */
  readonly isSlow?: boolean | undefined;
  /** Called when any of it changed. */
  onChange(listener: () => void): () => void;
}

/** A network that is always there: servers, tests, and browsers that cannot say. */
export const alwaysOnline: Network = { online: true, onChange: () => () => undefined };

/** What some browsers say about the way out; the others say nothing. */
interface Connection extends Pick<EventTarget, 'addEventListener' | 'removeEventListener'> {
  readonly saveData?: boolean;
  readonly type?: string;
  readonly effectiveType?: string;
}

/** What a browser says about its network, in a page as well as in a worker. */
export function createBrowserNetwork(
  scope: Pick<typeof globalThis, 'addEventListener' | 'removeEventListener' | 'navigator'> = globalThis,
): Network {
  const { connection } = scope.navigator as { readonly connection?: Connection };
  return {
    get online() {
      return scope.navigator.onLine !== false;
    },
    get isMetered() {
      return connection?.saveData === true || connection?.type === 'cellular';
    },
    get isSlow() {
      return /2g|3g/.test(connection?.effectiveType ?? '');
    },
    onChange(listener) {
      const told: readonly (readonly [Pick<EventTarget, 'addEventListener' | 'removeEventListener'> | undefined, string])[] = [
        [scope, 'online'],
        [scope, 'offline'],
        [connection, 'change'],
      ];
      for (const [from, event] of told) from?.addEventListener(event, listener);
      return () => {
        for (const [from, event] of told) from?.removeEventListener(event, listener);
      };
    },
  };
}
