import * as Y from 'yjs';
import type { Stop } from './cacaw.ts';

/** What tabs that hold the same free document say to each other. */
export type PeerMessage =
  /** Somebody opened it: whoever has more answers with the difference. */
  | { readonly type: 'state'; readonly vector: Uint8Array; readonly reply: boolean }
  | { readonly type: 'update'; readonly bytes: Uint8Array };

/** Reaches the other tabs that hold the same document, never the sender. */
export interface PeerChannel {
  post(message: PeerMessage): void;
  onMessage(listener: (message: PeerMessage) => void): Stop;
  close(): void;
}

/** Marks what came from another tab, which is kept and synced like everything else. */
export const fromPeer: unique symbol = Symbol('peer tab');

/** Keeps the tabs of one device equal while no relay does: offline, or in a collection that is not shared. */
export function joinPeers(doc: Y.Doc, channel: PeerChannel): Stop {
  const tell = (update: Uint8Array, origin: unknown): void => {
    if (origin !== fromPeer) channel.post({ type: 'update', bytes: update });
  };
  const stop = channel.onMessage((message) => {
    if (message.type === 'update') return Y.applyUpdate(doc, message.bytes, fromPeer);
    channel.post({ type: 'update', bytes: Y.encodeStateAsUpdate(doc, message.vector) });
    if (message.reply) channel.post({ type: 'state', vector: Y.encodeStateVector(doc), reply: false });
  });
  doc.on('update', tell);
  channel.post({ type: 'state', vector: Y.encodeStateVector(doc), reply: true });
  return () => {
    doc.off('update', tell);
    stop();
    channel.close();
  };
}
