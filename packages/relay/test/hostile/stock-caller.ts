import * as encoding from 'lib0/encoding';
import type { CollectionId } from '@cacaw/protocol';
import { WebSocket } from 'ws';
import { step1Frame } from '../../src/stock/messages.ts';
import { until } from '../http-relay.ts';
import type { Caller, Cast, Scene } from './matrix-scene.ts';

/** What one connection of the stock lane heard, in order. */
export interface StockCaller {
  /** Frames as they came. */
  readonly frames: readonly Uint8Array[];
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly send: (frame: Uint8Array) => void;
  readonly close: () => void;
}

/** Where somebody comes in, and with what; frames given go out with the opening. */
export interface StockOpening {
  readonly port: number;
  readonly collection: CollectionId;
  readonly protocols?: readonly string[];
  readonly headers?: { readonly [name: string]: string };
  readonly first?: readonly Uint8Array[];
  readonly onClosed?: () => void;
}

/** Opens a connection as y-websocket does. */
export function openStock({ port, collection, protocols = [], headers = {}, first = [], onClosed }: StockOpening): StockCaller {
  const frames: Uint8Array[] = [];
  const socket = new WebSocket(`ws://127.0.0.1:${port}/yjs/${collection}/free.notebook`, ['yjs', ...protocols], { headers });
  const waiting = [...first];
  const caller: StockCaller = {
    frames,
    closed: undefined,
    send: (frame) => void (socket.readyState === WebSocket.OPEN ? socket.send(frame) : waiting.push(frame)),
    close: () => socket.terminate(),
  };
  socket.on('open', () => waiting.forEach((frame) => socket.send(frame)));
  socket.on('message', (bytes: Buffer) => frames.push(new Uint8Array(bytes)));
  socket.on('close', (code, reason) => {
    caller.closed = { code, reason: reason.toString() };
    onClosed?.();
  });
  // Always followed by `close`.
  socket.on('error', () => undefined);
  return caller;
}

/** What somebody offers on the stock lane: a browser its cookie, a guest the secret of their link. */
export function stockProofOf(
  { people, world, deviceSecret }: Cast,
  { guestSecret }: Scene,
  caller: Caller | 'wrong link',
): Pick<StockOpening, 'protocols' | 'headers'> {
  if (caller === 'anonymous') return {};
  const link = caller === 'guest' ? guestSecret : caller === 'wrong link' ? deviceSecret : undefined;
  if (link !== undefined) return { protocols: [`capability.${Buffer.from(link).toString('base64url')}`] };
  const person = people[caller === 'former' ? 'viewer' : (caller as Exclude<Caller, 'anonymous' | 'guest' | 'former'>)];
  return { headers: { cookie: person.cookie, origin: world.origin } };
}

/** What a frame of the relay is; nobody's awareness is only a sign of life. */
export function kindOf(frame: Uint8Array): 'step1' | 'step2' | 'update' | 'awareness' | 'quiet' {
  if (frame[0] === 1) return frame.length > 3 ? 'awareness' : 'quiet';
  return (['step1', 'step2', 'update'] as const)[frame[1] ?? 0] ?? 'step1';
}

const emptyVector = Uint8Array.of(0);

/** Resolves when everything sent before was handled: one more question was answered, or nothing ever will be. */
export async function settle(caller: StockCaller): Promise<void> {
  const answers = (): number => caller.frames.filter((frame) => kindOf(frame) === 'step2').length;
  const before = answers();
  caller.send(step1Frame(emptyVector));
  await until(() => caller.closed !== undefined || answers() > before);
}

/** An awareness update about one client. */
export function awarenessOf(client: number, clock: number, state: object | null): Uint8Array {
  const to = encoding.createEncoder();
  for (const number of [1, client, clock]) encoding.writeVarUint(to, number);
  encoding.writeVarString(to, JSON.stringify(state));
  return encoding.toUint8Array(to);
}
