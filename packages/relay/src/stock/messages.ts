import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** One message of y-websocket, taken apart. */
export type StockMessage =
  | { readonly kind: 'step1'; readonly stateVector: Uint8Array }
  | { readonly kind: 'update'; readonly bytes: Uint8Array }
  | { readonly kind: 'awareness'; readonly bytes: Uint8Array }
  | { readonly kind: 'query-awareness' }
  /** A type we do not answer; stock clients ignore such too. */
  | { readonly kind: 'other' };

const type = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3 } as const;
const sync = { step1: 0, step2: 1, update: 2 } as const;

/** Reads one frame; undefined when it is malformed. Never throws. What follows the first message is ignored, as stock clients do. */
export function readStockMessage(frame: Uint8Array): StockMessage | undefined {
  try {
    const from = decoding.createDecoder(frame);
    switch (decoding.readVarUint(from)) {
      case type.sync:
        return readSync(from);
      case type.awareness:
        return { kind: 'awareness', bytes: decoding.readVarUint8Array(from).slice() };
      case type.queryAwareness:
        return { kind: 'query-awareness' };
      default:
        return { kind: 'other' };
    }
  } catch {
    return undefined;
  }
}

function readSync(from: decoding.Decoder): StockMessage | undefined {
  const step = decoding.readVarUint(from);
  const bytes = decoding.readVarUint8Array(from).slice();
  if (step === sync.step1) return { kind: 'step1', stateVector: bytes };
  return step === sync.step2 || step === sync.update ? { kind: 'update', bytes } : undefined;
}

const frame = (numbers: readonly number[], bytes: Uint8Array): Uint8Array => {
  const to = encoding.createEncoder();
  for (const number of numbers) encoding.writeVarUint(to, number);
  encoding.writeVarUint8Array(to, bytes);
  return encoding.toUint8Array(to);
};

/** A sync step 1: what the sender has seen. */
export const step1Frame = (stateVector: Uint8Array): Uint8Array => frame([type.sync, sync.step1], stateVector);
/** A sync step 2: what the other lacks. */
export const step2Frame = (update: Uint8Array): Uint8Array => frame([type.sync, sync.step2], update);
/** An update as it happens. */
export const updateFrame = (update: Uint8Array): Uint8Array => frame([type.sync, sync.update], update);
/** What clients say of themselves. */
export const awarenessFrame = (states: Uint8Array): Uint8Array => frame([type.awareness], states);
/** An awareness of nobody: the data frame a stock client must see at least every 30 s. */
export const quietFrame: Uint8Array = awarenessFrame(Uint8Array.of(0));
