import { createHash } from 'node:crypto';
import { inventoryGuardSchema } from '@cacaw/core/schema';
import { newCollectionId, type CollectionId, type Random } from '@cacaw/protocol';
import { createSecretAuthenticator } from '../src/adapters/secret-authenticator.ts';
import { createMemoryAccess, type MemoryAccess } from '../src/adapters/memory/access.ts';
import { createMemoryDatabase, type MemoryDatabase } from '../src/adapters/memory/database.ts';
import { createMemoryMedium } from '../src/adapters/memory/fan-out.ts';
import { createMemoryUpdateLog, type MemoryLogOptions } from '../src/adapters/memory/update-log.ts';
import { seededRandom } from '../src/contracts/log-fixture.ts';
import type { Authenticator } from '../src/ports/authenticator.ts';
import type { Probe } from '../src/observer.ts';
import type { UpdateLog } from '../src/ports/update-log.ts';
import { createRelayCore, type RelayCore } from '../src/relay.ts';
import { createManualClock, settle, type ManualClock } from './manual-clock.ts';
import { createWirePair, NativeClient } from './native-client.ts';

/** Relays over one memory database, with clients on wires that never fail. */
export interface RelayWorld {
  readonly clock: ManualClock;
  readonly database: MemoryDatabase;
  readonly access: MemoryAccess;
  readonly faults: string[];
  readonly newRelay: (options?: {
    readonly log?: MemoryLogOptions;
    readonly probe?: Probe;
    /** Called once the log has answered a join, before whoever asked comes in. */
    readonly onJoinRead?: () => void | Promise<void>;
  }) => RelayCore;
  /** A client that was welcomed. */
  readonly connect: (relay: RelayCore, account?: string) => Promise<NativeClient>;
  readonly newCollection: () => Promise<{ readonly id: CollectionId; readonly secret: Uint8Array }>;
}

export interface WorldOptions {
  readonly areHintsLost?: boolean;
  /** Who is calling; devices by their secrets unless told otherwise. */
  readonly authenticator?: Authenticator;
}

/** A fresh world; the same calls give the same bytes every time. */
export function createRelayWorld(options: WorldOptions = {}): RelayWorld {
  const clock = createManualClock();
  const random: Random = seededRandom('world');
  const database = createMemoryDatabase();
  const access = createMemoryAccess(database, { random, clock });
  const medium = createMemoryMedium(() => options.areHintsLost === true);
  const faults: string[] = [];
  return {
    clock,
    database,
    access,
    faults,
    newRelay: ({ log, probe, onJoinRead } = {}) =>
      createRelayCore({
        log: telling(createMemoryUpdateLog(database, log), onJoinRead),
        authenticator: options.authenticator ?? createSecretAuthenticator(),
        access,
        fanOut: medium.join(),
        clock,
        random,
        schema: inventoryGuardSchema,
        maxNoteLength: 8_000,
        observer: { fault: (what, { error }) => faults.push(`${what}: ${String(error)}`), note: () => undefined },
        probe,
      }),
    async connect(relay, account = 'anna') {
      const { near, far } = createWirePair();
      relay.accept(far);
      const client = new NativeClient(near);
      client.hello(createHash('sha256').update(account).digest(), account);
      await settle();
      return client;
    },
    async newCollection() {
      const id = newCollectionId(random);
      const secret = random.bytes(32);
      await access.createByLink(id, createHash('sha256').update(secret).digest());
      return { id, secret };
    },
  };
}

function telling(log: UpdateLog, onJoinRead: (() => void | Promise<void>) | undefined): UpdateLog {
  if (onJoinRead === undefined) return log;
  return new Proxy(log, {
    get(target, name: keyof UpdateLog) {
      if (name === 'join') return (...asked: Parameters<UpdateLog['join']>) => target.join(...asked).finally(onJoinRead);
      return target[name].bind(target);
    },
  });
}
