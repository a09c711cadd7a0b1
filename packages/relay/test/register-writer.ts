import * as Y from 'yjs';

/** Writes register entries as an honest device does, one Yjs update per entry. */
export class RegisterWriter {
  readonly doc: Y.Doc = new Y.Doc();
  readonly writer: number;

  constructor(writer: number, base?: Uint8Array) {
    this.writer = writer;
    if (base !== undefined) Y.applyUpdate(this.doc, base);
    this.doc.clientID = writer;
  }

  /** The update that sets a field of the collection's own row. */
  write(value: string, stamp = 1): Uint8Array {
    return this.#change(() => this.doc.getArray('r').push([['@', 'n', value, stamp]]));
  }

  /** The update of any change to the document. */
  change(run: (doc: Y.Doc) => void): Uint8Array {
    return this.#change(() => run(this.doc));
  }

  #change(run: () => void): Uint8Array {
    const made: Uint8Array[] = [];
    const keep = (update: Uint8Array): void => void made.push(update);
    this.doc.on('update', keep);
    this.doc.transact(run);
    this.doc.off('update', keep);
    return Y.mergeUpdates(made);
  }
}
