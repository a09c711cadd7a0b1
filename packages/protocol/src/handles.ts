import type { Define, Handle, HandleTable } from './messages.ts';

/** The name a handle of `table` stands for. */
export type HandleName<Table extends HandleTable> = Extract<Define, { readonly table: Table }>['name'];

/** A handle and the message that defines it; `isNew` when this book gave it out for the first time. */
export interface Assigned {
  readonly handle: Handle;
  readonly define: Define;
  readonly isNew: boolean;
}

/** The sender's side: names to handles. A client keeps one per connection, a relay one per room and notes per session what it defined there. */
export interface HandleBook {
  /** The handle of a name; its `define` must reach a receiver before its first use there. Pass collection 0 for table `collection`. */
  handleFor<Table extends HandleTable>(table: Table, collection: Handle, name: HandleName<Table>): Assigned;
}

/** A sender's book; handles count up from 1, per table and collection. */
export const createHandleBook = (): HandleBook => new Book();

const keyOf = (table: HandleTable, collection: Handle): string => `${table} ${collection}`;

class Book implements HandleBook {
  readonly #defines = new Map<string, Map<HandleName<HandleTable>, Define>>();

  handleFor<Table extends HandleTable>(table: Table, collection: Handle, name: HandleName<Table>): Assigned {
    const key = keyOf(table, collection);
    const known = this.#defines.get(key) ?? new Map<HandleName<HandleTable>, Define>();
    this.#defines.set(key, known);
    const found = known.get(name);
    if (found !== undefined) return { handle: found.handle, define: found, isNew: false };
    const define = { type: 'define', table, handle: known.size + 1, collection, name } as Define;
    known.set(name, define);
    return { handle: define.handle, define, isNew: true };
  }
}

/** The receiver's side: handles to names. */
export interface HandleNames {
  /** Learns a definition. `refused` means the connection broke the protocol: a handle defined twice, a collection nobody defined, or too many names. */
  define(message: Define): 'defined' | 'refused';
  /** The name behind a handle, or undefined when it was never defined. */
  nameOf<Table extends HandleTable>(table: Table, collection: Handle, handle: Handle): HandleName<Table> | undefined;
}

/** A receiver's book that holds at most `maxNames` names over all tables and never forgets or changes one. */
export const createHandleNames = (maxNames: number): HandleNames => new Names(maxNames);

class Names implements HandleNames {
  readonly #maxNames: number;
  readonly #names = new Map<string, Map<Handle, HandleName<HandleTable>>>();
  #count = 0;

  constructor(maxNames: number) {
    this.#maxNames = maxNames;
  }

  define(message: Define): 'defined' | 'refused' {
    const collectionKnown =
      message.table === 'collection' ? message.collection === 0 : this.nameOf('collection', 0, message.collection) !== undefined;
    if (!collectionKnown || this.#count >= this.#maxNames) return 'refused';
    const key = keyOf(message.table, message.collection);
    const known = this.#names.get(key) ?? new Map<Handle, HandleName<HandleTable>>();
    if (known.has(message.handle)) return 'refused';
    this.#names.set(key, known.set(message.handle, message.name));
    this.#count += 1;
    return 'defined';
  }

  nameOf<Table extends HandleTable>(table: Table, collection: Handle, handle: Handle): HandleName<Table> | undefined {
    return this.#names.get(keyOf(table, collection))?.get(handle) as HandleName<Table> | undefined;
  }
}
