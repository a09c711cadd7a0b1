import { getRandomValues } from 'node:crypto';
import type { Random } from '@cacaw/protocol';

/** The machine's own randomness, for tests whose outcome must not depend on it. */
export const strongRandom: Random = { bytes: (length) => getRandomValues(new Uint8Array(length)) };
