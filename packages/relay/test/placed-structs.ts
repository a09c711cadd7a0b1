import * as encoding from 'lib0/encoding';

/** The row the structs are of. */
export const noteRoot = 'n/aaaaaaaa';

interface Place {
  readonly after?: readonly [client: number, clock: number];
  readonly before?: readonly [client: number, clock: number];
  readonly key?: string;
}

/** What the structs hold: letters of a note or register entries, each second one a deletion, so that no two become one. */
type Kind = 'note' | 'register';

/** One writer's structs as Yjs would never make them: at the start of the root unless told after and before what. */
export function placed(client: number, places: readonly Place[], kind: Kind = 'note'): Uint8Array {
  const to = encoding.createEncoder();
  for (const number of [1, places.length, client, 0]) encoding.writeVarUint(to, number);
  for (const [clock, { after, before, key }] of places.entries()) {
    const content = clock % 2 === 1 ? 1 : kind === 'note' ? 4 : 8;
    encoding.writeUint8(to, content | (after === undefined ? 0 : 128) | (before === undefined ? 0 : 64) | (key === undefined ? 0 : 32));
    for (const number of [...(after ?? []), ...(before ?? [])]) encoding.writeVarUint(to, number);
    if (after === undefined && before === undefined) {
      encoding.writeVarUint(to, 1);
      encoding.writeVarString(to, kind === 'note' ? noteRoot : 'r');
      if (key !== undefined) encoding.writeVarString(to, key);
    }
    if (content === 4) encoding.writeVarString(to, 'a');
    else encoding.writeVarUint(to, 1);
    if (content === 8) encoding.writeAny(to, ['@', 'u', 'x', 5]);
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
export const chain = (client: number, count: number, kind: Kind = 'note'): Uint8Array =>
  placed(
    client,
    Array.from({ length: count }, (_, clock) => (clock === 0 ? {} : { after: [client, clock - 1] })),
    kind,
  );

/** Register entries that each follow another one of `author`. */
export const following = (client: number, author: number, count: number): Uint8Array =>
  placed(
    client,
    Array.from({ length: count }, (_, clock) => ({ after: [author, clock] })),
    'register',
  );
