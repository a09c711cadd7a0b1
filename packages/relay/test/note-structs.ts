import * as encoding from 'lib0/encoding';

/** The row the structs are of. */
export const noteRoot = 'n/aaaaaaaa';

interface Place {
  readonly after?: readonly [client: number, clock: number];
  readonly before?: readonly [client: number, clock: number];
  readonly key?: string;
}

/** One writer's structs as Yjs would never make them: at the start of the root unless told after and before what. */
export function placed(client: number, places: readonly Place[]): Uint8Array {
  const to = encoding.createEncoder();
  for (const number of [1, places.length, client, 0]) encoding.writeVarUint(to, number);
  for (const [clock, { after, before, key }] of places.entries()) {
    const content = clock % 2 === 0 ? 4 : 1;
    encoding.writeUint8(to, content | (after === undefined ? 0 : 128) | (before === undefined ? 0 : 64) | (key === undefined ? 0 : 32));
    for (const number of [...(after ?? []), ...(before ?? [])]) encoding.writeVarUint(to, number);
    if (after === undefined && before === undefined) {
      encoding.writeVarUint(to, 1);
      encoding.writeVarString(to, noteRoot);
      if (key !== undefined) encoding.writeVarString(to, key);
    }
    // Letters and deletions in turn, so that no two become one.
    if (content === 4) encoding.writeVarString(to, 'a');
    else encoding.writeVarUint(to, 1);
  }
  encoding.writeVarUint(to, 0);
  return encoding.toUint8Array(to);
}

/** Structs that all claim the start. */
export const starts = (client: number, count: number, first: Place = {}): Uint8Array =>
  placed(
    client,
    Array.from({ length: count }, (_, clock) => (clock === 0 ? first : {})),
  );

/** Structs one after the other. */
export const chain = (client: number, count: number): Uint8Array =>
  placed(
    client,
    Array.from({ length: count }, (_, clock) => (clock === 0 ? {} : { after: [client, clock - 1] })),
  );
