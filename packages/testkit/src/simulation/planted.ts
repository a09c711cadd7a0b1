import type { Device } from '@cacaw/core/device';
import type { CollectionId, Random, Wire } from '@cacaw/protocol';
import type { UpdateLog } from '@cacaw/relay';
import type { SimulatedDatabase } from './simulated-database.ts';

/** A fault put in on purpose, to see that the simulator finds it. */
export interface PlantedBug {
  readonly name: string;
  readonly spoilLog?: (log: UpdateLog, database: SimulatedDatabase) => UpdateLog;
  readonly spoilWire?: (wire: Wire) => Wire;
  readonly spoilRandom?: (random: Random, device: string) => Random;
  readonly spoilDevice?: (device: Device, collection: CollectionId, onFault: (error: unknown) => void) => Device;
}

/** The relay acknowledges before its commit is durable: what it last answered is gone after a crash. */
function ackBeforeCommit(): PlantedBug {
  let takeBack: (() => Promise<void>) | undefined;
  return {
    name: 'ack before commit',
    spoilLog(log, database) {
      // Called when a relay process begins: the one before has crashed and loses what it had only promised.
      const ready = takeBack?.() ?? Promise.resolve();
      let appends = 0;
      return delegate(log, {
        append: async (...args) => {
          await ready;
          if (appends % 8 === 0) takeBack = await database.backup();
          appends += 1;
          return log.append(...args);
        },
      });
    },
  };
}

/** One frame in thirty never arrives, and nobody notices on the connection. */
function droppedFrame(): PlantedBug {
  let frames = 0;
  return {
    name: 'dropped frame',
    spoilWire: (wire) =>
      delegate(wire, {
        onFrame: (listener) =>
          wire.onFrame((frame) => {
            frames += 1;
            if (frames % 30 !== 0) listener(frame);
          }),
      }),
  };
}

/** A device draws the same writer id in every term and after every rebase. */
function reusedWriterId(): PlantedBug {
  const drawn = new Map<string, Uint8Array>();
  return {
    name: 'reused writer id',
    spoilRandom: (random, device) => ({
      bytes(length) {
        if (length !== 4) return random.bytes(length);
        const first = drawn.get(device) ?? random.bytes(length);
        drawn.set(device, first);
        return first.slice();
      },
    }),
  };
}

/** A new term runs everything pending again under a new writer id without asking the relay what of it was committed. */
function counterWithoutClose(): PlantedBug {
  return {
    name: 'counter run again without close',
    spoilDevice(device, collection, onFault) {
      device.rebase(collection, { closed: new Map() }).catch(onFault);
      return device;
    },
  };
}

/** The four bugs every version of the simulator must find, each made anew for every seed. */
export const plantedBugs: readonly (() => PlantedBug)[] = [ackBeforeCommit, droppedFrame, reusedWriterId, counterWithoutClose];

/** The same object with some methods replaced; private state stays with the original. */
function delegate<T extends object>(target: T, replaced: Partial<T>): T {
  return new Proxy(target, {
    get(original, name) {
      const value: unknown = name in replaced ? Reflect.get(replaced, name) : Reflect.get(original, name, original);
      return typeof value === 'function' ? value.bind(original) : value;
    },
  });
}
