import * as Y from 'yjs';

/**
 * What a relay provably holds of one document. A relay shows only what it has committed, so every state vector and every
 * difference it sends is a proof; deletions are in no state vector, but every difference carries all of them.
 */
export class CommittedView {
  readonly #doc: Y.Doc;
  readonly #clocks = new Map<number, number>();
  #deletions: Deletions | null = null;

  constructor(doc: Y.Doc) {
    this.#doc = doc;
  }

  /** Forgets everything, for a relay that may have been restored from an older copy. */
  clear(): void {
    this.#clocks.clear();
    this.#deletions = null;
  }

  /** A difference asked for against this vector shows exactly what is committed beyond what is proven. */
  get stateVector(): Uint8Array {
    return Y.encodeStateVector(this.#clocks);
  }

  noteStateVector(bytes: Uint8Array): void {
    for (const [client, clock] of Y.decodeStateVector(bytes)) this.#raise(client, clock);
  }

  /** Reads a difference; of a client's structs only those that continue what is proven already prove anything. */
  noteDifference(bytes: Uint8Array): void {
    const { from, to } = Y.parseUpdateMeta(bytes);
    for (const [client, clock] of to) if ((from.get(client) ?? 0) <= (this.#clocks.get(client) ?? 0)) this.#raise(client, clock);
    this.#deletions = Y.decodeUpdate(bytes).ds.clients;
  }

  /** True when everything in the document, deletions included, is proven to be committed. */
  covers(): boolean {
    for (const [client, clock] of Y.decodeStateVector(Y.encodeStateVector(this.#doc)))
      if ((this.#clocks.get(client) ?? 0) < clock) return false;
    for (const [client, ranges] of Y.createDeleteSetFromStructStore(this.#doc.store).clients) {
      const committed = this.#deletions?.get(client) ?? [];
      if (!ranges.every((range) => isCovered(range, committed))) return false;
    }
    return true;
  }

  #raise(client: number, clock: number): void {
    if (clock > (this.#clocks.get(client) ?? 0)) this.#clocks.set(client, clock);
  }
}

interface Range {
  readonly clock: number;
  readonly len: number;
}
type Deletions = ReadonlyMap<number, readonly Range[]>;

function isCovered(range: Range, committed: readonly Range[]): boolean {
  const end = range.clock + range.len;
  let reached = range.clock;
  while (reached < end) {
    const next = committed.find(({ clock, len }) => clock <= reached && reached < clock + len);
    if (next === undefined) return false;
    reached = next.clock + next.len;
  }
  return true;
}
