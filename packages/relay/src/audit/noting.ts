import type { AccountId } from '@cacaw/protocol';
import type { Access } from '../ports/access.ts';
import type { Audit, AuditEvent } from '../ports/audit.ts';
import type { KeyId, KeyStore } from '../ports/key-store.ts';

/** The same access, noting each join and each refusal of one. What a stranger asked for is not told: see `http/audited.ts`. */
export function notingJoins(access: Access, audit: Audit): Access {
  return {
    async admit(who, collection, secret) {
      const answer = await access.admit(who, collection, secret);
      const wasMember = 'admitted' in answer || answer.refused !== 'unknown';
      const kind = 'admitted' in answer ? 'join' : 'refused';
      audit.note({ kind, account: who.account, collection: wasMember ? collection : undefined });
      return answer;
    },
    current: (collection, members) => access.current(collection, members),
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
