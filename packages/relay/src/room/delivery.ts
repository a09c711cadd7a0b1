import { maxUpdateBytes, parseDocumentName } from '@cacaw/protocol';
import type { LogRow } from '../ports/update-log.ts';
import type { Occupant } from './occupant.ts';
import type { Naming, NamedHandle, RoomFrame } from './naming.ts';

/** A valid Yjs update that changes nothing. */
const nothing = Uint8Array.of(0, 0);

/** Free documents travel on the stock lane; their rows keep their place in the native tail and lose their content. */
const tailBytes = (row: LogRow): Uint8Array => (parseDocumentName(row.document)?.kind === 'free' ? nothing : row.bytes);

/** Committed rows on their way to the sessions of a room; what several sessions get is encoded once. */
export class Delivery {
  readonly #naming: Naming;
  readonly #rows: readonly LogRow[];
  readonly #textHash: (row: LogRow) => Uint8Array | undefined;
  readonly #runs = new Map<string, RoomFrame>();

  /** `textHash` says what a notes document reads after a row, where that is known. */
  constructor(naming: Naming, rows: readonly LogRow[], textHash: (row: LogRow) => Uint8Array | undefined) {
    this.#naming = naming;
    this.#rows = rows;
    this.#textHash = textHash;
  }

  /** Hands an occupant the rows, those named in `own` as acks; one that cannot take them all is told to come back. */
  sendTo(occupant: Occupant, own: ReadonlySet<string> | undefined): void {
    if (this.#rows.length === 0) return;
    const isOwn = (row: LogRow): boolean => own?.has(`${row.writer}/${row.ref}`) ?? false;
    if (occupant.onRows !== undefined) return occupant.onRows(this.#rows);
    if (this.#isTooLargeFor(isOwn)) return occupant.interrupt('lagging');
    for (const frame of this.#framesFor(isOwn)) occupant.send(frame);
  }

  /** True when a row is larger than the live tail carries: who did not write it must pull. */
  #isTooLargeFor(isOwn: (row: LogRow) => boolean): boolean {
    return this.#rows.some((row) => !isOwn(row) && tailBytes(row).length > maxUpdateBytes);
  }

  /** What one session gets, in seq order: its own rows as acks, the others as updates. */
  #framesFor(isOwn: (row: LogRow) => boolean): readonly RoomFrame[] {
    const frames: RoomFrame[] = [];
    let from = 0;
    this.#rows.forEach((row, index) => {
      if (!isOwn(row)) return;
      if (from < index) frames.push(this.#run(from, index));
      frames.push(this.#ack(row));
      from = index + 1;
    });
    if (from < this.#rows.length) frames.push(this.#run(from, this.#rows.length));
    return frames;
  }

  #ack(row: LogRow): RoomFrame {
    const writer = this.#naming.name('writer', row.writer);
    const { seq, ref, chain } = row;
    return this.#naming.encode({ type: 'ack', collection: this.#naming.collection.handle, writer: writer.handle, ref, seq, chain }, [
      writer,
    ]);
  }

  #run(from: number, to: number): RoomFrame {
    const key = `${from} ${to}`;
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const made = this.#encodeRun(this.#rows.slice(from, to));
    this.#runs.set(key, made);
    return made;
  }

  #encodeRun(rows: readonly LogRow[]): RoomFrame {
    const uses = new Map<string, NamedHandle>();
    const use = (named: NamedHandle): number => {
      uses.set(named.key, named);
      return named.handle;
    };
    const updates = rows.map((row) => ({
      seq: row.seq,
      document: use(this.#naming.name('document', row.document)),
      writer: use(this.#naming.name('writer', row.writer)),
      member: use(this.#naming.name('member', row.member)),
      receivedAt: row.receivedAt,
      bytes: tailBytes(row),
    }));
    const chain = rows.at(-1)?.chain ?? new Uint8Array(8);
    const texts = rows.flatMap((row) => {
      const hash = this.#textHash(row);
      return hash === undefined ? [] : [{ document: use(this.#naming.name('document', row.document)), hash }];
    });
    const collection = this.#naming.collection.handle;
    if (texts.length === 0) return this.#naming.encode({ type: 'updates', collection, chain, updates }, [...uses.values()]);
    return this.#naming.encode({ type: 'noteUpdates', collection, chain, texts, updates }, [...uses.values()]);
  }
}
