// Run by forging.ts in a Node that runs the workspace from source: what somebody who may only look tries by hand, on both lanes.
// Takes the relay's origin, a collection and a token; prints what came of each attempt as one line of JSON.
import { createSystemClock, createSystemRandom, createWebSocketWire } from '@cacaw/client';
import { createMemoryStore, openDevice } from '@cacaw/core/device';
import {
  createHandleBook,
  decodeRelayMessage,
  encodeClientMessage,
  protocolVersion,
  type ClientMessage,
  type CollectionId,
  type Define,
  type LogBase,
  type RelayMessage,
} from '@cacaw/protocol';

const [origin = '', id = '', token = ''] = process.argv.slice(2);
const collection = id as CollectionId;
const socketOrigin = origin.replace(/^http/, 'ws');

/** An edit as an honest editor's device would have made it: nothing is wrong with it but who sends it. */
async function honestEdit() {
  const device = await openDevice({ store: createMemoryStore(), clock: createSystemClock(), random: createSystemRandom() });
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Forged', type: 'household', currency: 'EUR' } });
  const [pending] = await device.store.read(['pending'], (tx) => tx.range('pending', { prefix: [collection] }));
  await device[Symbol.asyncDispose]();
  if (pending === undefined) throw new Error('The forger made no edit.');
  return pending;
}

/** Says hello, joins and pushes; resolves with the relay's answer to the push. */
async function forgePush(): Promise<string> {
  const edit = await honestEdit();
  const wire = createWebSocketWire(`${socketOrigin}/sync`);
  const book = createHandleBook();
  const bases = new Map<number, LogBase>();
  const send = (message: ClientMessage): void => wire.send(encodeClientMessage(message));
  const handleOf = (assigned: { readonly handle: number; readonly define: Define; readonly isNew: boolean }): number => {
    if (assigned.isNew) send(assigned.define);
    return assigned.handle;
  };
  const answered = new Promise<string>((resolve) => {
    wire.onClose((code) => resolve(`closed ${code}`));
    wire.onFrame((frame) => {
      const decoded = decodeRelayMessage(frame, bases);
      if (!decoded.ok) return resolve(decoded.problem);
      const message: RelayMessage = decoded.message;
      if (message.type === 'joined') bases.set(message.collection, message.base);
      if (message.type === 'refused') resolve(`refused ${message.kind}`);
      if (message.type === 'ack') resolve('acknowledged');
    });
  });
  send({
    type: 'hello',
    protocol: protocolVersion,
    appSchema: 1,
    device: 'forger',
    name: 'forger',
    credential: { kind: 'bearer', token },
  });
  const at = handleOf(book.handleFor('collection', 0, collection));
  send({ type: 'join', collection: at, cursor: undefined, writers: [], secret: undefined });
  const writer = handleOf(book.handleFor('writer', at, edit.writer));
  const document = handleOf(book.handleFor('document', at, edit.document));
  send({ type: 'push', collection: at, writer, ref: edit.ref, document, bytes: edit.bytes });
  const answer = await answered;
  wire.close(1000, '');
  return answer;
}

/** Writes on as a stock Yjs client would that does not know its place: a few are overlooked, then the lane is closed. */
async function forgeStock(): Promise<string> {
  const { bytes } = await honestEdit();
  const socket = new WebSocket(`${socketOrigin}/yjs/${collection}/free.notebook`, ['yjs', `bearer.${token}`]);
  socket.binaryType = 'arraybuffer';
  // Sync message (0), update (2), the bytes after their length.
  const frame = Uint8Array.from([0, 2, ...varUint(bytes.length), ...bytes]);
  return new Promise((resolve) => {
    socket.addEventListener('open', () => Array.from({ length: 8 }, () => socket.send(frame)));
    socket.addEventListener('close', ({ code }) => resolve(`closed ${code}`));
  });
}

const varUint = (value: number): readonly number[] => (value < 128 ? [value] : [(value & 127) | 128, ...varUint(value >>> 7)]);

process.stdout.write(JSON.stringify({ push: await forgePush(), stock: await forgeStock() }));
