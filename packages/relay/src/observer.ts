import type { CollectionId } from '@cacaw/protocol';

/** Moments at which a test may stop the relay. */
export type ProbePoint = 'guard' | 'before-append' | 'after-commit' | 'before-ack' | 'before-forward';

/** Called at each {@link ProbePoint}; what it returns is awaited, what it throws fails the step. */
export type Probe = (point: ProbePoint) => void | Promise<void>;

/** What a relay tells those who run it. Never carries content, secrets or tokens. */
export interface Observer {
  /** Somebody must look. */
  fault(what: string, details: { readonly collection?: CollectionId | undefined; readonly error: unknown }): void;
  /** The state of the relay changed. */
  note(what: string, details?: { readonly [name: string]: string | number }): void;
}

/** Tells nobody. */
export const silentObserver: Observer = { fault: () => undefined, note: () => undefined };
