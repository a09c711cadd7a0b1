// What one edit of a register costs: `node --conditions=@cacaw/source apps/bench/src/registers.ts`
import { performance } from 'node:perf_hooks';
import { projectItem, Registers, type Write } from '@cacaw/core';
import { nextStamp, randomBase62, type CollectionId, type ItemId, type Random, type WriterId } from '@cacaw/protocol';
import * as Y from 'yjs';

const rowCount = 128;
const edits = 4000;
const codes = ['n', 'cd', 'ds', 's', 'y'] as const;
const collection = 'C'.repeat(22) as CollectionId;

/** Repeatable, so that sizes are the same on every run. */
const random: Random = {
  bytes: (length) => Uint8Array.from({ length }, () => (seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff) >>> 16),
};
let seed = 7;

interface Shard {
  readonly doc: Y.Doc;
  readonly registers: Registers;
  readonly rows: readonly string[];
  nowMs: number;
}

function freshShard(): Shard {
  const doc = new Y.Doc();
  doc.clientID = 4_000_000_000;
  const shard: Shard = {
    doc,
    registers: new Registers(doc),
    rows: Array.from({ length: rowCount }, () => randomBase62(random, 8)),
    nowMs: Date.UTC(2026, 0, 1),
  };
  const fields = { y: 'other', o: 'a0V', C: shard.nowMs, 'q:': 1, p: 'abcdefghij', 't:red': 1, cd: 'good', ev: { a: 1200, u: 'EUR' } };
  const births = shard.rows.map((row, at): Write => ({
    kind: 'birth',
    row,
    fields: { ...fields, n: `Item number ${at}` },
    stamp: nextStamp(shard.nowMs, undefined),
  }));
  shard.registers.apply(births, doc.clientID as WriterId, 'bench');
  return shard;
}

function edit(shard: Shard, turn: number): string {
  shard.nowMs += 300;
  const row = shard.rows[(turn * 7919) % rowCount] ?? '';
  const field = codes[turn % codes.length] ?? 'n';
  const stamp = nextStamp(shard.nowMs, shard.registers.get(row, field)?.stamp);
  shard.registers.apply([{ kind: 'set', row, field, value: `value ${turn}`, stamp }], shard.doc.clientID as WriterId, 'bench');
  return row;
}

const show = (registers: Registers, row: string): unknown => projectItem(collection, `SSSSSS${row}` as ItemId, registers.row(row), '');
const middle = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function measure(editsPerItem: number, sessions: number): void {
  const shard = freshShard();
  const history = editsPerItem * rowCount;
  for (let turn = 0; turn < history; turn += 1) {
    if (turn % Math.ceil(history / sessions) === 0) shard.doc.clientID += 1;
    edit(shard, turn);
  }
  const sizes: number[] = [];
  const updates: Uint8Array[] = [];
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(shard.doc), 'bench');
  const reader = new Registers(other);
  shard.doc.on('update', (bytes: Uint8Array) => void (sizes.push(bytes.length), updates.push(bytes)));
  const local = Array.from({ length: edits }, (_, turn) => timed(() => show(shard.registers, edit(shard, turn))));
  const remote = updates.map((bytes) => timed(() => Y.applyUpdate(other, bytes, 'relay')));
  const state = Y.encodeStateAsUpdate(shard.doc);
  const opened = Array.from({ length: 30 }, () => timed(() => open(state)));
  const figures = {
    'set + row, p50 us': middle(local),
    'remote apply, p50 us': middle(remote),
    'open + 128 rows, min ms': Math.min(...opened) / 1000,
    'bytes per edit, median': middle(sizes),
    'bytes per edit, mean': sizes.reduce((sum, one) => sum + one, 0) / sizes.length,
    'state KB': state.length / 1024,
  };
  console.log(`${editsPerItem} edits an item, ${sessions} writer terms, ${[...reader.rows()].length} rows`);
  for (const [name, value] of Object.entries(figures)) console.log(`  ${name.padEnd(26)} ${value.toFixed(1)}`);
}

function open(state: Uint8Array): void {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state, 'bench');
  const registers = new Registers(doc);
  for (const row of registers.rows()) show(registers, row);
}

/** Microseconds. */
function timed(run: () => unknown): number {
  const start = performance.now();
  run();
  return (performance.now() - start) * 1000;
}

measure(0, 1);
measure(5, 20);
measure(20, 200);
