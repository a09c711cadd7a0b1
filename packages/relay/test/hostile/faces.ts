import { encodeClientMessage, protocolVersion, subprotocol, toFrames, type CollectionId } from '@cacaw/protocol';
import { WebSocket } from 'ws';
import { sendRaw } from './raw-request.ts';

/** Where somebody can present a credential. */
export type Face = 'http' | 'native' | 'stock';

/** What somebody presents, on every face that has a place for it. */
export interface Presented {
  /** After `Authorization: Bearer`, in the hello, or after `bearer.` as a subprotocol. */
  readonly token?: string;
  /** Of the request or the upgrade; `origin` is the relay's own unless named here, and left out when empty. */
  readonly headers?: { readonly [name: string]: string };
  /** Behind the address. */
  readonly query?: string;
  /** Beside the subprotocol of the lane. */
  readonly protocols?: readonly string[];
}

/** Where the faces are, and what lies behind them. */
export interface Doors {
  readonly port: number;
  readonly origin: string;
  /** Its member would be let in on both lanes. */
  readonly collection: CollectionId;
}

/** `in` when the door opened; otherwise the status or the closing code it was shut with. */
export type Outcome = 'in' | number;

/** Tries a credential at one face. */
export function tryFace(face: Face, doors: Doors, presented: Presented): Promise<Outcome> {
  if (face === 'http') return tryHttp(doors, presented);
  return face === 'native' ? tryNative(doors, presented) : tryStock(doors, presented);
}

const headersOf = ({ origin }: Doors, { headers = {} }: Presented): { readonly [name: string]: string } => {
  const all = { origin, ...headers };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''));
};

/** Changes something, so that a cookie alone must not be enough. */
async function tryHttp(doors: Doors, presented: Presented): Promise<Outcome> {
  const bearer = presented.token === undefined ? {} : { authorization: `Bearer ${presented.token}` };
  const { status } = await sendRaw({
    port: doors.port,
    method: 'PATCH',
    path: `/api/account${presented.query ?? ''}`,
    headers: { 'content-type': 'application/json', ...bearer, ...headersOf(doors, presented) },
    bytes: new TextEncoder().encode(JSON.stringify({ username: `name-${Math.random().toString(36).slice(2, 12)}` })),
  });
  return status === 200 ? 'in' : status;
}

function tryNative(doors: Doors, presented: Presented): Promise<Outcome> {
  const hello = encodeClientMessage({
    type: 'hello',
    protocol: protocolVersion,
    appSchema: 1,
    device: 'device',
    name: 'somebody',
    credential: { kind: 'bearer', token: presented.token ?? '' },
  });
  return trySocket(doors, presented, { path: '/sync', lane: subprotocol, frames: toFrames(hello, 1) });
}

const tryStock = (doors: Doors, presented: Presented): Promise<Outcome> =>
  trySocket(doors, presented, { path: `/yjs/${doors.collection}/free.notebook`, lane: 'yjs', frames: [] });

/** The first data frame means that somebody was let in. */
function trySocket(
  doors: Doors,
  presented: Presented,
  { path, lane, frames }: { readonly path: string; readonly lane: string; readonly frames: readonly Uint8Array[] },
): Promise<Outcome> {
  const { origin, ...headers } = headersOf(doors, presented);
  const bearer = lane === 'yjs' && presented.token !== undefined ? [`bearer.${presented.token}`] : [];
  return new Promise((done) => {
    const address = `ws://127.0.0.1:${doors.port}${path}${presented.query ?? ''}`;
    const socket = new WebSocket(address, [lane, ...bearer, ...(presented.protocols ?? [])], {
      headers,
      ...(origin === undefined ? {} : { origin }),
    });
    const end = (outcome: Outcome): void => {
      done(outcome);
      socket.terminate();
    };
    socket.on('open', () => frames.forEach((frame) => socket.send(frame)));
    socket.on('message', () => end('in'));
    socket.on('close', (code) => end(code));
    socket.on('unexpected-response', (_request, answer) => end(answer.statusCode ?? 0));
    // Always followed by `close`.
    socket.on('error', () => undefined);
  });
}
