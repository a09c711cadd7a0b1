import type { DeviceStore } from '@cacaw/core/device';
import type { DeviceSettings } from './device-settings.ts';
import type { HostOptions, HostPorts } from './host-ports.ts';
import { openCredential } from './open-credential.ts';
import { createRelayFace } from './relay-face.ts';
import { createSharing, type SharingCalls, type SharingPorts } from './sharing.ts';

/** What a tab's sharing is made of. */
export interface OpenSharingPorts extends HostPorts {
  readonly store: DeviceStore;
  readonly settings: DeviceSettings;
  readonly office: SharingPorts['office'];
}

/** Sharing with a token of this tab's own, kept in its memory. */
export async function openSharing(ports: OpenSharingPorts, options: HostOptions): Promise<SharingCalls> {
  const { relay, account = null } = options;
  const face = createRelayFace({ ...ports, relay, credential: await openCredential(ports, options) });
  return createSharing({ ...ports, face, account });
}
