import { bytesToBase64url, type AccountId } from '@cacaw/protocol';
import type { CredentialSource } from './credential.ts';
import type { DeviceSettings } from './device-settings.ts';
import { ask, type Fetch, type ReadAnswer } from './relay-http.ts';

/** What a claim is made with. */
export interface ClaimPorts {
  readonly fetch: Fetch;
  readonly relay: string;
  readonly account: AccountId;
  readonly settings: Pick<DeviceSettings, 'unclaimedSecret' | 'noteClaimed'>;
}

/**
 * The credential of an account whose device was a guest before it signed in: before the first word on a connection the relay
 * hears the device's secret, so that what the device was a member of is the account's by then. Done once, repeated until the
 * relay has confirmed it; doing it again changes nothing.
 */
export function claimingCredential(credential: CredentialSource, ports: ClaimPorts): CredentialSource {
  let underWay: Promise<void> | undefined;
  return async () => {
    const found = await credential();
    if (found?.credential.kind !== 'bearer') return found;
    underWay ??= claim(found.credential.token, ports).finally(() => (underWay = undefined));
    await underWay;
    return found;
  };
}

async function claim(token: string, { fetch, relay, account, settings }: ClaimPorts): Promise<void> {
  const secret = await settings.unclaimedSecret(account);
  if (secret === undefined) return;
  const request = { method: 'POST', url: `${relay}/api/account/claim`, body: { secret: bytesToBase64url(secret) }, token } as const;
  const outcome = await ask(fetch, request, readClaimed);
  if (outcome.ok) return settings.noteClaimed(account);
  // What will not pass by itself must not keep everything else from syncing; it is asked again at the next connection.
  if (!outcome.failure.mayPass) return;
  throw new Error(`This device's collections could not be claimed (${outcome.failure.code}); it is tried again.`, {
    cause: outcome.failure.cause,
  });
}

/** A `ClaimDeviceAnswer`, of which only that it is one counts: any other page that answers 200 has claimed nothing. */
const readClaimed: ReadAnswer<undefined> = (body) =>
  typeof body === 'object' && body !== null && 'collections' in body && Array.isArray(body.collections)
    ? { ok: true, value: undefined }
    : { ok: false, mistakes: ['collections: a list was expected'] };
