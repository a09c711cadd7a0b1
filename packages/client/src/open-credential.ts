import { claimingCredential } from './claim.ts';
import { accountCredential, secretCredential, type CredentialSource } from './credential.ts';
import type { DeviceSettings } from './device-settings.ts';
import type { HostOptions, HostPorts } from './host-ports.ts';

/** An account's, after it has claimed what this device was before; without one the device's own secret; or the embedder's. */
export async function openCredential(
  { fetch, settings, credential }: Pick<HostPorts, 'fetch' | 'credential'> & { readonly settings: DeviceSettings },
  { account, relay }: HostOptions,
): Promise<CredentialSource> {
  if (credential !== undefined) return credential;
  if (account === undefined || account === null) return secretCredential(await settings.accountSecret());
  const ports = { fetch, relay, account };
  return claimingCredential(accountCredential(ports), { ...ports, settings });
}
