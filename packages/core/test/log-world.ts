import type { Stamp, WriterId } from '@cacaw/protocol';
import { stampAt } from '@cacaw/protocol';
import * as Y from 'yjs';
import { mint } from '../src/mint.ts';
import { Registers, type Write } from '../src/registers.ts';

interface Push {
  readonly writer: WriterId;
  readonly ref: number;
  readonly bytes: Uint8Array;
}

/** The log of one document as a relay keeps it: dedupes by (writer, ref), closes writers, mints. */
export class DocumentLog {
  entries: Push[] = [];
  generation = 0;
  readonly #lastRefs = new Map<WriterId, number>();
  readonly #closed = new Set<WriterId>();

  commit(push: Push, generation: number): 'committed' | 'refused' {
    const last = this.#lastRefs.get(push.writer) ?? 0;
    if (push.ref <= last) return 'committed';
    if (generation !== this.generation || this.#closed.has(push.writer) || push.ref !== last + 1) return 'refused';
    this.#lastRefs.set(push.writer, push.ref);
    this.entries.push(push);
    return 'committed';
  }

  close(writer: WriterId): number {
    this.#closed.add(writer);
    return this.lastRef(writer);
  }

  lastRef(writer: WriterId): number {
    return this.#lastRefs.get(writer) ?? 0;
  }

  mint(): void {
    this.generation += 1;
    this.entries = [
      {
        writer: 0xffff0000 as WriterId,
        ref: 0,
        bytes: mint(
          this.entries.map((one) => one.bytes),
          (0xffff0000 + this.generation) as WriterId,
        ),
      },
    ];
  }

  rows(): Registers {
    const doc = new Y.Doc();
    for (const { bytes } of this.entries) Y.applyUpdate(doc, bytes, 'log');
    return new Registers(doc);
  }
}

/** A device with pending writes in front of a log: pushes, loses acks, rebases. */
export class LogClient {
  readonly #log: DocumentLog;
  readonly #name: number;
  #terms = 0;
  #doc = new Y.Doc();
  registers: Registers = new Registers(this.#doc);
  #writer: WriterId = 0 as WriterId;
  #generation = 0;
  #read = 0;
  #ref = 0;
  #pending: (Push & { readonly writes: readonly Write[] })[] = [];

  constructor(log: DocumentLog, name: number) {
    this.#log = log;
    this.#name = name;
    this.#rebuild();
  }

  /** Stamps are plain turns of one clock: skew is another property's business. */
  write(writes: readonly Write[]): void {
    let update: Uint8Array | undefined;
    const listen = (bytes: Uint8Array): void => void (update = bytes);
    this.#doc.on('update', listen);
    this.registers.apply(writes, this.#writer, 'own');
    this.#doc.off('update', listen);
    if (update === undefined) return;
    this.#ref += 1;
    this.#pending.push({ writer: this.#writer, ref: this.#ref, bytes: update, writes });
  }

  /** Sends the oldest pending write; with a lost ack it stays pending though it may be committed. */
  push(ackLost: boolean): void {
    const [first] = this.#pending;
    if (first === undefined) return;
    if (this.#log.commit(first, this.#generation) === 'refused') return this.rebase();
    if (!ackLost) this.#pending.shift();
  }

  pull(): void {
    if (this.#generation !== this.#log.generation) return this.rebase();
    for (const { bytes, writer, ref } of this.#log.entries.slice(this.#read)) {
      Y.applyUpdate(this.#doc, bytes, 'relay');
      this.#pending = this.#pending.filter((one) => one.writer !== writer || one.ref > ref);
    }
    this.#read = this.#log.entries.length;
  }

  rebase(): void {
    const last = this.#log.close(this.#writer);
    const rest = this.#pending.filter((one) => one.ref > last);
    this.#pending = [];
    this.#rebuild();
    for (const { writes } of rest) this.write(writes);
  }

  /** Everything sent, everything heard. */
  settle(): void {
    this.pull();
    for (let turn = 0; turn < 100 && this.#pending.length > 0; turn += 1) this.push(false);
    this.pull();
  }

  #rebuild(): void {
    this.#terms += 1;
    this.#writer = (this.#name * 1000 + this.#terms) as WriterId;
    this.#ref = 0;
    this.#doc = new Y.Doc();
    this.registers = new Registers(this.#doc);
    this.#generation = this.#log.generation;
    this.#read = 0;
    for (const { bytes } of this.#log.entries) Y.applyUpdate(this.#doc, bytes, 'relay');
    this.#read = this.#log.entries.length;
    this.#doc.clientID = this.#writer;
  }
}

/** The stamp of the n-th turn. */
export const turnStamp = (turn: number): Stamp => (stampAt(Date.UTC(2026, 0, 1)) + turn) as Stamp;
