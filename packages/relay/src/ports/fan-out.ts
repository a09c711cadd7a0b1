import type { CollectionId } from '@cacaw/protocol';

/**
 * Tells other relays that a collection changed. Only a hint: it may be lost, late or doubled, and nothing may depend on
 * it (every relay looks once a second anyway). Proven by `contracts/fan-out.ts`: a published hint usually arrives.
 */
export interface FanOut {
  publish(collection: CollectionId): void;
  /** Hears hints of other relays; own ones may come back too. */
  subscribe(listener: (collection: CollectionId) => void): () => void;
  close(): Promise<void>;
}
