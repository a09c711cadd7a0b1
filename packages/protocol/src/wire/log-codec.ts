import type { Seq } from '../ids.ts';
import type { Handle } from '../messages.ts';
import { uint, type Codec } from './codec.ts';

const handleNumber = uint(0xffffffff);

/** The collection a message is about; what follows is relative to that collection's log base. */
export const collectionHandle: Codec<Handle> = {
  shape: 'collection handle',
  write: (to, value, log) => {
    log.enter(value);
    handleNumber.write(to, value, log);
  },
  read: (from, log) => {
    const value = handleNumber.read(from, log);
    log.enter(value);
    return value;
  },
};

/** A document, writer or member of the message's collection. */
export const handle: Codec<Handle> = { ...handleNumber, shape: 'handle' };

/** A log position as a signed varint: the first of a message relative to the base, each later one to the one before. */
export const seqDelta: Codec<Seq> = {
  shape: 'seq delta',
  write: (to, value, log) => to.int(log.seqToDelta(value)),
  read: (from, log) => {
    const seq = log.deltaToSeq(from.int());
    if (seq < 0 || !Number.isSafeInteger(seq)) from.fail('a seq lies outside the log');
    return seq as Seq;
  },
};

/** A time in quarter seconds, as a signed varint relative like {@link seqDelta}; read back as Unix milliseconds. */
export const timeDelta: Codec<number> = {
  shape: 'time delta',
  write: (to, value, log) => to.int(log.timeToDelta(value)),
  read: (from, log) => {
    const ms = log.deltaToTime(from.int());
    if (ms < 0 || !Number.isSafeInteger(ms)) from.fail('a time lies outside the calendar');
    return ms;
  },
};
