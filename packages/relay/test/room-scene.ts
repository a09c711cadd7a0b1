import type { CollectionId, Seq } from '@cacaw/protocol';
import type { LogFault, LogPoint } from '../src/adapters/memory/update-log.ts';
import type { ProbePoint } from '../src/observer.ts';
import type { RelayCore } from '../src/relay.ts';
import { settle } from './manual-clock.ts';
import type { NativeClient } from './native-client.ts';
import { createRelayWorld, type RelayWorld, type WorldOptions } from './relay-world.ts';

/** A relay with one collection, and clients that have joined it. */
export interface Scene extends RelayWorld {
  readonly relay: RelayCore;
  readonly id: CollectionId;
  readonly secret: Uint8Array;
  readonly guest: (account: string, relay?: RelayCore) => Promise<NativeClient>;
  readonly rows: () => readonly { readonly seq: Seq; readonly writer: number; readonly ref: number; readonly bytes: Uint8Array }[];
}

/** A fresh scene. */
export async function openScene(
  options: WorldOptions & {
    readonly fault?: (point: LogPoint) => LogFault;
    readonly probe?: (point: ProbePoint) => void | Promise<void>;
  } = {},
): Promise<Scene> {
  const world = createRelayWorld(options);
  const relay = world.newRelay({ log: { fault: options.fault }, ...(options.probe === undefined ? {} : { probe: options.probe }) });
  const { id, secret } = await world.newCollection();
  return {
    ...world,
    relay,
    id,
    secret,
    rows: () => world.database.collections.get(id)?.rows ?? [],
    async guest(account, at = relay) {
      const client = await world.connect(at, account);
      client.join(id, { secret });
      await settle();
      return client;
    },
  };
}
