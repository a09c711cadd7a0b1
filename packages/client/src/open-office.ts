import { openDevice, takeOwnership, type Device, type DeviceStore } from '@cacaw/core/device';
import { inventory } from '@cacaw/core/schema';
import { randomBase62, type CollectionId } from '@cacaw/protocol';
import { claimingCredential } from './claim.ts';
import { accountCredential, secretCredential, type CredentialSource } from './credential.ts';
import type { DeviceSettings } from './device-settings.ts';
import type { HostOptions, HostPorts } from './host.ts';
import type { Office } from './leadership.ts';
import { createLocalOnlySync } from './local-only.ts';
import { networkChoice } from './network-mode.ts';
import { neverOnline } from './network.ts';
import { createOffice, type OfficePorts } from './office.ts';
import { Sharing } from './sharing.ts';
import { createSyncClient, type SyncClient } from './sync-client.ts';

/** What a term of office needs of the tab that takes it. */
export interface OpenOfficePorts extends HostPorts {
  readonly store: DeviceStore;
  readonly settings: DeviceSettings;
  /** Says that the term can write no more. */
  readonly ended: (error: Error) => void;
  readonly tell: OfficePorts['tell'];
}

/** Opens the device for writing and links the relay; nothing stays open when it fails. */
export async function openOffice(ports: OpenOfficePorts, options: HostOptions): Promise<Office> {
  const { clock, random, network, fetch, forgetFree, store, settings, tell, onError } = ports;
  // It may have become somebody's since this tab was opened.
  await takeOwnership(store, options.account ?? null);
  const choice = await networkChoice(store);
  const device = await openDevice({ store, clock, random });
  device.onEnd(ports.ended);
  const allowed = choice === 'sync' ? network : neverOnline;
  const sharing = new Sharing({ device, settings, clock, random, network: allowed, fetch, ...options });
  try {
    const sync = choice === 'sync' ? await openSync(ports, device, { sharing, options }) : await createLocalOnlySync(device, ports.onError);
    const term = randomBase62(random, 10);
    return createOffice({ term, device, sync, sharing, choice, end: ports.ended, clock, network, forgetFree, onError, tell });
  } catch (error) {
    sharing.close();
    await device[Symbol.asyncDispose]();
    throw error;
  }
}

async function openSync(
  ports: OpenOfficePorts,
  device: Device,
  { sharing, options }: { readonly sharing: Sharing; readonly options: HostOptions },
): Promise<SyncClient> {
  const { clock, random, network, connect, inflate, settings } = ports;
  const credential = ports.credential ?? (await ownCredential(ports, options));
  const [deviceId, name] = await Promise.all([settings.deviceId(), settings.name()]);
  const announce = (collection: CollectionId): Promise<void> => sharing.announce(collection);
  return createSyncClient(
    { device, clock, random, network, credential, connect, inflate, announce },
    { appSchema: inventory.version, deviceId, name },
  );
}

/** An account's by the cookie of its sign-in, after it has claimed what this device was before; without one the device's own secret. */
async function ownCredential({ fetch, settings }: OpenOfficePorts, { account, relay }: HostOptions): Promise<CredentialSource> {
  if (account === undefined || account === null) return secretCredential(await settings.accountSecret());
  const ports = { fetch, relay, account };
  return claimingCredential(accountCredential(ports), { ...ports, settings });
}
