import type { AccountId } from '@cacaw/protocol';
import type { Access } from '../ports/access.ts';
import type { Authenticator, Identity } from '../ports/authenticator.ts';
import type { Audit, AuditEvent } from '../ports/audit.ts';
import type { KeyId, KeyStore } from '../ports/key-store.ts';

/** Who is told what one connection does, and where it comes from. */
export interface Noted {
  readonly audit: Audit;
  readonly address: string | undefined;
}

/** The same access, noting each join and each refusal of one. What a stranger asked for is not told: see `http/audited.ts`. */
export function notingJoins(access: Access, { audit, address }: Noted): Access {
  return {
    async admit(who, collection, secret) {
      const answer = await access.admit(who, collection, secret);
      const wasMember = 'admitted' in answer || answer.refused !== 'unknown';
      const kind = 'admitted' in answer ? 'join' : 'refused';
      audit.note({ kind, account: who.account, collection: wasMember ? collection : undefined, address });
      return answer;
    },
    current: (collection, members) => access.current(collection, members),
  };
}

/** The same authenticator, noting each credential of a connection that proves nothing. */
export function notingStrangers(authenticator: Authenticator, { audit, address }: Noted): Authenticator {
  const orNoted = (who: Identity | undefined): Identity | undefined => {
    if (who === undefined) audit.note({ kind: 'refused', address });
    return who;
  };
  return {
    identify: async (credential) => orNoted(await authenticator.identify(credential)),
    identifyRequest: async (headers) => orNoted(await authenticator.identifyRequest(headers)),
    ended: (signIns) => authenticator.ended(signIns),
  };
}

/** The same key store, noting each key that is made and destroyed; never a key. */
export function notingKeys(keys: KeyStore, audit: Audit): KeyStore {
  return {
    read: (id) => keys.read(id),
    async make(id) {
      const known = await keys.read(id);
      const key = await keys.make(id);
      if (known === undefined) audit.note({ kind: 'key-made', ...ownerOf(id) });
      return key;
    },
    async destroy(id) {
      await keys.destroy(id);
      audit.note({ kind: 'key-destroyed', ...ownerOf(id) });
    },
  };
}

const accountPrefix = 'account:';

function ownerOf(id: KeyId): Pick<AuditEvent, 'account' | 'collection'> {
  if (id.startsWith(accountPrefix)) return { account: id.slice(accountPrefix.length) as AccountId };
  return { collection: id as Exclude<KeyId, `account:${string}`> };
}
