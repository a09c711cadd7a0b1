import type { CollectionId } from '@cacaw/protocol';
import type { FanOut } from '../../ports/fan-out.ts';

/** A medium several in-process relays share. `isLost` drops hints, which must never matter. */
export function createMemoryMedium(isLost: () => boolean = () => false): { readonly join: () => FanOut } {
  const all = new Map<object, (collection: CollectionId) => void>();
  return {
    join() {
      const self = {};
      return {
        publish(collection) {
          if (isLost()) return;
          for (const [other, listener] of all) if (other !== self) queueMicrotask(() => all.has(other) && listener(collection));
        },
        subscribe(listener) {
          all.set(self, listener);
          return () => void all.delete(self);
        },
        close: async () => void all.delete(self),
      };
    },
  };
}

/** The fan-out of a relay that is alone. */
export function createNoFanOut(): FanOut {
  return { publish: () => undefined, subscribe: () => () => undefined, close: async () => undefined };
}
