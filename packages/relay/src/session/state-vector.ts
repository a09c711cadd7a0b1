import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** What a replica has of each writer: the next clock expected. */
export type StateVector = ReadonlyMap<number, number>;

/** Packs a state vector the way Yjs does. */
export function encodeStateVector(vector: StateVector): Uint8Array {
  const to = encoding.createEncoder();
  encoding.writeVarUint(to, vector.size);
  for (const [client, clock] of [...vector].sort(([a], [b]) => b - a)) {
    encoding.writeVarUint(to, client);
    encoding.writeVarUint(to, clock);
  }
  return encoding.toUint8Array(to);
}

/** Reads a state vector as Yjs packs it; undefined when these bytes are none. */
export function decodeStateVector(bytes: Uint8Array): StateVector | undefined {
  try {
    const from = decoding.createDecoder(bytes);
    const count = decoding.readVarUint(from);
    if (count > bytes.length) return undefined;
    const vector = new Map<number, number>();
    for (let index = 0; index < count; index += 1) vector.set(decoding.readVarUint(from), decoding.readVarUint(from));
    return decoding.hasContent(from) ? undefined : vector;
  } catch {
    return undefined;
  }
}

/** True when `ours` holds everything `theirs` does. */
export const covers = (ours: StateVector, theirs: StateVector): boolean =>
  [...theirs].every(([client, clock]) => (ours.get(client) ?? 0) >= clock);
