import * as Y from 'yjs';
import { awarenessFrame, step1Frame, step2Frame, updateFrame, type StockMessage } from '../../src/stock/messages.ts';
import { awarenessOf } from './stock-caller.ts';

/** What comes of a frame: what its sender hears, what somebody else at the document hears, how many rows the log gains. */
export interface Effect {
  readonly heard: string;
  readonly spread: string;
  readonly rows: number;
}

/** A way to send one kind of message, with what comes of it when a viewer and when an editor sends it. */
export interface StockLine {
  readonly name: string;
  /** `round` is new for every try. */
  readonly frame: (round: number) => Uint8Array;
  /** How often it is sent; once when left out. */
  readonly times?: number;
  readonly viewer: Effect;
  readonly editor: Effect;
}

/** Of whoever listens beside every caller. */
export const witnessClient = 7;

const nothing: Effect = { heard: '', spread: '', rows: 0 };
const heard = (kinds: string): Effect => ({ ...nothing, heard: kinds });
const both = (effect: Effect): Pick<StockLine, 'viewer' | 'editor'> => ({ viewer: effect, editor: effect });
const stored: Effect = { heard: '', spread: 'update', rows: 1 };
const known: Effect = { ...nothing, spread: 'awareness' };

function written(client: number): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = client;
  doc.getText('t').insert(0, 'x');
  return Y.encodeStateAsUpdate(doc);
}
const empty = Uint8Array.of(0, 0);

/** A line for every kind of message the lane reads: a new kind does not compile without. */
export const stockLines: { readonly [kind in StockMessage['kind'] | 'unreadable']: readonly StockLine[] } = {
  step1: [
    { name: 'step 1', frame: () => step1Frame(Uint8Array.of(0)), ...both(heard('step2')) },
    { name: 'step 1 that is no state vector', frame: () => step1Frame(Uint8Array.of(9, 1)), ...both(heard('closed 4400')) },
  ],
  update: [
    { name: 'step 2 without content', frame: () => step2Frame(empty), ...both(nothing) },
    { name: 'step 2 with content', frame: (round) => step2Frame(written(1_000 + round)), viewer: nothing, editor: stored },
    { name: 'an update', frame: (round) => updateFrame(written(100_000 + round)), viewer: nothing, editor: stored },
    {
      name: 'an update, again and again',
      frame: (round) => updateFrame(written(200_000 + round)),
      times: 5,
      viewer: heard('closed 4403'),
      editor: stored,
    },
    {
      name: 'bytes that are no update',
      frame: () => updateFrame(Uint8Array.of(255, 255, 255)),
      viewer: nothing,
      editor: heard('closed 4400'),
    },
  ],
  awareness: [
    { name: 'awareness of their own', frame: (round) => awarenessFrame(awarenessOf(1_000 + round, 1, { user: 'me' })), ...both(known) },
    { name: "somebody else's awareness", frame: () => awarenessFrame(awarenessOf(witnessClient, 9, { user: 'you' })), ...both(nothing) },
    { name: "somebody else's leaving", frame: () => awarenessFrame(awarenessOf(witnessClient, 9, null)), ...both(nothing) },
    { name: 'awareness that cannot be read', frame: () => awarenessFrame(Uint8Array.of(5)), ...both(heard('closed 4400')) },
  ],
  'query-awareness': [{ name: 'a question who is there', frame: () => Uint8Array.of(3), ...both(heard('awareness')) }],
  other: [
    { name: 'an auth message', frame: () => Uint8Array.of(2, 0, 0), ...both(nothing) },
    { name: 'a type nobody knows', frame: () => Uint8Array.of(77, 1, 1), ...both(nothing) },
  ],
  unreadable: [
    { name: 'a step nobody knows', frame: () => Uint8Array.of(0, 9, 0), ...both(heard('closed 4400')) },
    { name: 'nothing', frame: () => new Uint8Array(), ...both(heard('closed 4400')) },
  ],
};
