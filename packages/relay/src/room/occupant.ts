import type { GoneReason, WireRole } from '@cacaw/protocol';
import type { LogRow } from '../ports/update-log.ts';
import type { Attempt } from './attempt.ts';
import type { Answer, Author, RoomOp } from './ops.ts';
import type { RoomFrame } from './naming.ts';

/** Why a connection must end and come back. */
export type Interruption = 'lagging' | 'replaced' | 'moved';

/** Somebody in a room: a native session, or the stock lane with its own idea of what to send. */
export interface Occupant {
  /** Who it writes as; undefined when it only watches. */
  readonly author: Author | undefined;
  send(frame: RoomFrame): void;
  /** Committed rows, for occupants that read rows themselves instead of being sent frames. */
  onRows?(rows: readonly LogRow[]): void;
  /** The connection must end and come back: it lags, the log is not the one it was reading, or an account has claimed its device. */
  interrupt(why: Interruption): void;
  access(role: WireRole): void;
  gone(reason: GoneReason): void;
}

/** Which of the committed rows an occupant wrote; undefined when none. */
export const ownRows = (occupant: Occupant, authors: ReadonlyMap<Author, ReadonlySet<string>>): ReadonlySet<string> | undefined =>
  occupant.author === undefined ? undefined : authors.get(occupant.author);

/** A repeat of a row that was just delivered in its place needs no ack of its own. */
export function finalAnswer(op: RoomOp, attempt: Attempt | undefined, rows: readonly LogRow[]): Answer {
  const answer = attempt?.answerTo(op) ?? {
    kind: 'refused',
    refusal: 'busy',
    reason: 'The relay did not come to this update; send it again.',
  };
  const isDelivered = answer.kind === 'repeated' && rows.some((row) => row.seq === answer.row.seq);
  return isDelivered ? { kind: 'appended', row: answer.row } : answer;
}

/** Which committed rows are whose, by the ops that asked for them. */
export function authorsOf(
  own: { readonly attempt: Attempt; readonly ops: readonly RoomOp[] } | undefined,
): ReadonlyMap<Author, ReadonlySet<string>> {
  const authors = new Map<Author, Set<string>>();
  for (const op of own?.ops ?? []) {
    const answer = own?.attempt.answerTo(op);
    if (answer?.kind !== 'appended' && answer?.kind !== 'repeated') continue;
    const rows = authors.get(op.author) ?? new Set<string>();
    authors.set(op.author, rows.add(`${answer.row.writer}/${answer.row.ref}`));
  }
  return authors;
}
