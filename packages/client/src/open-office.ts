import { openTerm, takeOwnership, type Device, type DeviceStore } from '@cacaw/core/device';
import { inventory } from '@cacaw/core/schema';
import type { CollectionId } from '@cacaw/protocol';
import { createAccountList } from './account-list.ts';
import type { CredentialSource } from './credential.ts';
import { lookKeyOf, sealingBy } from './detection/look-sealing.ts';
import type { DeviceSettings } from './device-settings.ts';
import { Founding } from './founding.ts';
import type { HostOptions, HostPorts } from './host-ports.ts';
import type { Office } from './term.ts';
import { createLocalOnlySync } from './local-only.ts';
import { loadPlanner } from './load-planner.ts';
import { networkChoice } from './network-mode.ts';
import { createOffice, type OfficePorts } from './office.ts';
import { openCredential } from './open-credential.ts';
import { createRelayFace, type RelayFace } from './relay-face.ts';
import { createSyncClient, type SyncClient } from './sync-client.ts';

/** What a term of office needs of the tab that takes it. */
export interface OpenOfficePorts extends HostPorts {
  readonly store: DeviceStore;
  readonly settings: DeviceSettings;
  /** Says that the term can write no more. */
  readonly ended: (error: Error) => void;
  readonly tell: OfficePorts['tell'];
}

/** What of an office reaches out of this device. */
type Outside = Pick<OfficePorts, 'sync' | 'founding' | 'accountList'> & { readonly face?: RelayFace };

/** Opens the device for writing and links the relay, if the person chose to sync; nothing stays open when it fails. */
export async function openOffice(ports: OpenOfficePorts, options: HostOptions): Promise<Office> {
  const { clock, random, store, onError } = ports;
  // It may have become somebody's since this tab was opened.
  await takeOwnership(store, options.account ?? null);
  const choice = await networkChoice(store);
  const lookKey = lookKeyOf(options);
  const device = await openTerm({ store, clock, random, readLookKey: sealingBy(lookKey) }, loadPlanner);
  device.onEnd(ports.ended);
  try {
    const outside: Outside =
      choice === 'sync' ? await openOutside(ports, options, device) : { sync: await createLocalOnlySync(device, onError) };
    const openPhotos: OfficePorts['openPhotos'] = async (onReport) =>
      (await import('./photos/photo-office.ts')).openPhotoOffice({ ...ports, device, face: outside.face, onReport });
    const openLooks: OfficePorts['openLooks'] = async (part) => {
      const { account = null } = options;
      const { detectors = {} } = ports;
      return (await import('./detection/open-looks.ts')).openLooks({
        ...ports,
        ...part,
        device,
        account,
        lookKey,
        face: outside.face,
        detectors,
      });
    };
    return createOffice({ ...ports, ...outside, openPhotos, openLooks, device, choice, hasAccount: isAccounts(options), end: ports.ended });
  } catch (error) {
    await device[Symbol.asyncDispose]();
    throw error;
  }
}

const isAccounts = ({ account }: HostOptions): boolean => account !== undefined && account !== null;

async function openOutside(ports: OpenOfficePorts, options: HostOptions, device: Device): Promise<Outside> {
  const { relay } = options;
  const credential = await openCredential(ports, options);
  const face = createRelayFace({ ...ports, relay, credential });
  const founding = new Founding({ ...ports, device, face, bringsAll: isAccounts(options) });
  try {
    const sync = await openSync(ports, { device, founding, credential });
    return { sync, face, founding, accountList: isAccounts(options) ? openAccountList(ports, { device, face, sync }) : undefined };
  } catch (error) {
    founding.close();
    throw error;
  }
}

function openSync(
  { clock, random, network, connect, inflate, settings }: OpenOfficePorts,
  { device, founding, credential }: { readonly device: Device; readonly founding: Founding; readonly credential: CredentialSource },
): Promise<SyncClient> {
  const announce = (collection: CollectionId): Promise<void> => founding.announce(collection);
  const ports = { device, clock, random, network, credential, connect, inflate, announce };
  return Promise.all([settings.deviceId(), settings.name()]).then(([deviceId, name]) =>
    createSyncClient(ports, { appSchema: inventory.version, deviceId, name }),
  );
}

function openAccountList(
  { settings, clock, onError }: OpenOfficePorts,
  { device, face, sync }: { readonly device: Device; readonly face: RelayFace; readonly sync: SyncClient },
): NonNullable<Outside['accountList']> {
  const accountList = createAccountList({ device, settings, face, clock, onError });
  sync.onLink((state) => accountList.setLink(state));
  return accountList;
}
