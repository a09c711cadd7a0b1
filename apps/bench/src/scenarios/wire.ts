import { newCollectionId } from '@cacaw/protocol';
import { createSystemRandom } from '@cacaw/client';
import { inventoryCommands } from '@cacaw/testkit';
import * as Y from 'yjs';
import { kindsOfEdits, nthEdit } from '../edit-mix.ts';
import { bytes, median, percentile, type Figure } from '../figure.ts';
import { NodeDevice } from '../lab/node-device.ts';
import type { Scenario } from '../scenario.ts';

const most = 72;
/** Seq, document, writer, member, time and the chain's 8 bytes. */
const mostFraming = 20;

interface EditBytes {
  readonly kind: (typeof kindsOfEdits)[number];
  readonly yjs: number;
  readonly push: number;
  readonly ack: number;
  readonly tail: number;
}

/** An edit costs little more on the wire than the bytes of its content. */
export const wire: Scenario = {
  name: 'wire',
  about:
    'Protocol frames of single edits, one after the other, without the WebSocket header; of ten edits four count, two set a condition, and one each a tag, a name, a value and a date.',
  note: 'A forwarded edit carries 16 to 17 bytes beside its content, 8 of them the chain. A count holds one digit and is longer than a condition because its register is named after the place and the writer, `q:<place>~<writer>`.',
  async run(lab) {
    const relay = await lab.relay();
    const { origin } = relay;
    const collection = newCollectionId(createSystemRandom());
    await using writer = await NodeDevice.open(origin);
    await using reader = await NodeDevice.open(origin);
    await writer.run(inventoryCommands({ collection, items: 1_000 }));
    await reader.reach(await writer.share(collection, relay));
    await writer.connect();
    await reader.connect();
    const edits = await measure(writer, reader, { collection, count: lab.isQuick ? 100 : 400 });
    const push = edits.map((one) => one.push);
    const tail = edits.map((one) => one.tail);
    const yjs = median(edits.map((one) => one.yjs));
    const framing = median(edits.map((one) => one.tail - one.yjs));
    const peers = barePeers();
    const byKind = [...new Set(kindsOfEdits)]
      .map((kind) => `${kind} ${medianOf(edits, kind, 'push')} / ${medianOf(edits, kind, 'tail')}`)
      .join(', ');
    return [
      {
        ...sizes('push of an edit', push),
        beside: `of it Yjs ${bytes(yjs)}, framing ${bytes(median(edits.map((one) => one.push - one.yjs)))}; bare Yjs, setting a name: Y.Map ${bytes(peers.map)}, register ${bytes(peers.register)}`,
        gate: { held: median(push) <= most, rule: `median push of an edit ≤ ${most} B` },
      },
      { ...sizes('the same edit forwarded to another device', tail), met: median(tail) <= most },
      {
        what: 'framing of a forwarded edit',
        value: `median ${bytes(framing)}`,
        target: `≤ ${mostFraming} B`,
        beside: 'seq, document, writer, member, time, chain',
        gate: { held: framing <= mostFraming, rule: `median framing of a forwarded edit ≤ ${mostFraming} B` },
      },
      { what: 'push / forward by kind of edit, B', value: byKind },
      { what: 'its acknowledgement', value: bytes(median(edits.map((one) => one.ack))) },
    ];
  },
};

const medianOf = (edits: readonly EditBytes[], kind: EditBytes['kind'], part: 'push' | 'tail'): number =>
  median(edits.filter((one) => one.kind === kind).map((one) => one[part]));

const sizes = (what: string, samples: readonly number[]): Figure => ({
  what,
  value: `median ${bytes(median(samples))}, p95 ${bytes(percentile(samples, 0.95))}`,
  target: `median ≤ ${most} B`,
});

async function measure(
  writer: NodeDevice,
  reader: NodeDevice,
  { collection, count }: { readonly collection: Parameters<typeof nthEdit>[0]; readonly count: number },
): Promise<readonly EditBytes[]> {
  const rows = await writer.rows(collection, 20);
  const edits: EditBytes[] = [];
  for (let n = 0; n < count; n += 1) {
    const item = rows[Math.floor(n / 10) % rows.length];
    if (item === undefined) throw new Error('The collection is empty.');
    const [sent, heard] = [writer.frames.length, reader.frames.length];
    const isRead = nextRows(reader);
    await writer.device.run(nthEdit(collection, item.id, n));
    const yjs = (await writer.device.pending(collection)).reduce((sum, one) => sum + one.bytes.length, 0);
    // An edit that says what stands already is none.
    if (yjs === 0) continue;
    await Promise.all([writer.synced(), isRead]);
    const own = writer.frames.slice(sent);
    const push = own.filter((frame) => frame.direction === 'sent').at(-1)?.bytes ?? 0;
    const ack = own.filter((frame) => frame.direction === 'received').at(-1)?.bytes ?? 0;
    const tail =
      reader.frames
        .slice(heard)
        .filter((frame) => frame.direction === 'received')
        .at(-1)?.bytes ?? 0;
    edits.push({ kind: kindsOfEdits[n % kindsOfEdits.length] ?? 'count', yjs, push, ack, tail });
  }
  return edits;
}

const nextRows = (reader: NodeDevice): Promise<void> =>
  new Promise((done) => {
    const stop = reader.device.onRows(() => {
      stop();
      done();
    });
  });

/** What Yjs alone needs for the same change: one key of a map, and one entry of an array in another's place. */
function barePeers(): { readonly map: number; readonly register: number } {
  const doc = new Y.Doc();
  doc.clientID = 0x9abcdef0;
  const map = doc.getMap('items');
  const list = doc.getArray('r');
  const sizes = { map: [] as number[], register: [] as number[] };
  let current: number[] = [];
  doc.on('update', (update: Uint8Array) => current.push(update.length));
  const entry = (n: number): (string | number)[] => ['a8Zk3LmQ', 'n', `blue Bosch drill no. ${n}`, 365_000_000 + n];
  list.push([entry(0)]);
  for (let n = 1; n <= 50; n += 1) {
    current = sizes.map;
    map.set('zK3vQ1a8Zk3LmQ/name', `blue Bosch drill no. ${n}`);
    current = sizes.register;
    doc.transact(() => {
      list.push([entry(n)]);
      list.delete(0, 1);
    });
  }
  return { map: median(sizes.map), register: median(sizes.register) };
}
