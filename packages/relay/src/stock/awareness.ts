import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

interface Entry {
  readonly client: number;
  readonly clock: number;
  /** JSON; `null` when the client has left. */
  readonly state: string;
}

/** What the clients of one document say about themselves, each only about itself. Never stored. */
export interface StockAwareness {
  /** Takes an awareness update; returns what of it is news to the others. Undefined when it is malformed. */
  accept(owner: object, update: Uint8Array): Uint8Array | undefined;
  /** Everything known, for somebody new; undefined when nobody is there. */
  snapshot(): Uint8Array | undefined;
  /** The owner is gone: what the others must hear about its ids. */
  leave(owner: object): Uint8Array | undefined;
}

/** An update longer than this says more than a cursor and a name. */
export const maxAwarenessBytes: number = 8 * 1024;
const maxEntries = 256;
const maxIdsPerOwner = 8;
const maxClock = 2 ** 31;

/** An empty room's awareness. */
export const createStockAwareness = (): StockAwareness => new OwnedAwareness();

class OwnedAwareness implements StockAwareness {
  readonly #known = new Map<number, Entry & { readonly owner: object }>();

  accept(owner: object, update: Uint8Array): Uint8Array | undefined {
    const entries = readEntries(update);
    if (entries === undefined) return undefined;
    const news = entries.filter((entry) => this.#isNews(owner, entry));
    for (const entry of news) {
      if (entry.state === 'null') this.#known.delete(entry.client);
      else this.#known.set(entry.client, { ...entry, owner });
    }
    return encodeEntries(news);
  }

  snapshot(): Uint8Array | undefined {
    return this.#known.size === 0 ? undefined : encodeEntries([...this.#known.values()]);
  }

  leave(owner: object): Uint8Array | undefined {
    const gone = [...this.#known.values()].filter((entry) => entry.owner === owner);
    for (const { client } of gone) this.#known.delete(client);
    return gone.length === 0 ? undefined : encodeEntries(gone.map(({ client, clock }) => ({ client, clock: clock + 1, state: 'null' })));
  }

  /** A client echoes what it hears of others: that is neither news nor its to say. */
  #isNews(owner: object, entry: Entry): boolean {
    const known = this.#known.get(entry.client);
    if (known === undefined) return entry.state !== 'null' && this.#idsOf(owner) < maxIdsPerOwner;
    return known.owner === owner && (entry.clock > known.clock || (entry.clock === known.clock && entry.state === 'null'));
  }

  #idsOf(owner: object): number {
    let count = 0;
    for (const entry of this.#known.values()) if (entry.owner === owner) count += 1;
    return count;
  }
}

function readEntries(update: Uint8Array): Entry[] | undefined {
  if (update.length > maxAwarenessBytes) return undefined;
  try {
    const from = decoding.createDecoder(update);
    const count = decoding.readVarUint(from);
    if (count > maxEntries) return undefined;
    return Array.from({ length: count }, () => {
      const entry = { client: decoding.readVarUint(from), clock: decoding.readVarUint(from), state: decoding.readVarString(from) };
      if (entry.clock > maxClock) throw new RangeError('clock');
      JSON.parse(entry.state);
      return entry;
    });
  } catch {
    return undefined;
  }
}

function encodeEntries(entries: readonly Entry[]): Uint8Array {
  const to = encoding.createEncoder();
  encoding.writeVarUint(to, entries.length);
  for (const { client, clock, state } of entries) {
    encoding.writeVarUint(to, client);
    encoding.writeVarUint(to, clock);
    encoding.writeVarString(to, state);
  }
  return encoding.toUint8Array(to);
}
