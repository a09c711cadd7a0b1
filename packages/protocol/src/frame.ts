import { clientFrames, relayFrames, type FrameRow, type FrameTable } from './frame-tables.ts';
import { maxMessageBytes } from './limits.ts';
import type { ClientMessage, RelayMessage } from './messages.ts';
import { LogReference, noBases, type LogBases } from './wire/log-base.ts';
import { Reader } from './wire/reader.ts';
import { Writer } from './wire/writer.ts';

/** What came of reading bytes: a value, or why they are none. */
export type Decoded<T> = { readonly ok: true; readonly message: T } | { readonly ok: false; readonly problem: string };

/** The bytes of one message to the relay. Throws RangeError when a field is longer than its limit. */
export const encodeClientMessage = (message: ClientMessage, bases: LogBases = noBases): Uint8Array => encode(clientFrames, message, bases);

/** The bytes of one message to a client; `bases` holds the base told in `joined` of each room. Throws RangeError when a field is longer than its limit. */
export const encodeRelayMessage = (message: RelayMessage, bases: LogBases = noBases): Uint8Array => encode(relayFrames, message, bases);

/** Reads a frame, or a message joined from parts, that a client sent. Never throws; allocates no more than the bytes it was given hold. */
export const decodeClientMessage = (bytes: Uint8Array, bases: LogBases = noBases): Decoded<ClientMessage> =>
  decode(rowsByClientNumber, bytes, bases);

/** Reads a frame, or a message joined from parts, that a relay sent, against the bases its `joined` messages told. Never throws. */
export const decodeRelayMessage = (bytes: Uint8Array, bases: LogBases = noBases): Decoded<RelayMessage> =>
  decode(rowsByRelayNumber, bytes, bases);

type Rows = ReadonlyMap<number, readonly [type: string, row: FrameRow<object>]>;

function rowsByNumber<M extends { readonly type: string }>(table: FrameTable<M>): Rows {
  return new Map(
    Object.entries<FrameRow<object>>(table as object as Record<string, FrameRow<object>>).map(([type, row]) => [row.number, [type, row]]),
  );
}

const rowsByClientNumber = rowsByNumber(clientFrames);
const rowsByRelayNumber = rowsByNumber(relayFrames);

function encode<M extends { readonly type: string }>(table: FrameTable<M>, message: M, bases: LogBases): Uint8Array {
  const row = table[message.type as M['type']] as FrameRow<object>;
  const writer = new Writer(128);
  writer.byte(row.number);
  row.body.write(writer, message, new LogReference(bases));
  return writer.finish();
}

function decode<M>(rows: Rows, bytes: Uint8Array, bases: LogBases): Decoded<M> {
  if (bytes.length > maxMessageBytes) return { ok: false, problem: `a message of ${bytes.length} bytes is longer than ${maxMessageBytes}` };
  const reader = new Reader(bytes);
  const number = reader.byte();
  const [type, row] = rows.get(number) ?? [];
  if (type === undefined || row === undefined) return { ok: false, problem: reader.problem ?? `message type ${number} is unknown` };
  const body = row.body.read(reader, new LogReference(bases));
  const problem = reader.problem ?? (reader.remaining > 0 ? 'bytes are left over' : undefined);
  return problem === undefined ? { ok: true, message: { type, ...body } as M } : { ok: false, problem: `${type}: ${problem}` };
}
