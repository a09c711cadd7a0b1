import { csvCell } from '@cacaw/core/transfer';
import type { AuditLineAnswer } from '@cacaw/protocol/http';
import type { ArchivedCollection, PasskeyRecord, SignInRecord } from '../ports/archive-source.ts';
import type { AccountUse, Profile } from '../ports/profiles.ts';
import type { ArchiveFile } from './archive.ts';

/** Everything this relay knows of an account besides its collections. */
export interface AccountRecord {
  readonly profile: Profile;
  readonly use: AccountUse;
  readonly signIns: readonly SignInRecord[];
  readonly passkeys: readonly PasskeyRecord[];
  readonly collections: readonly ArchivedCollection[];
  readonly audit: readonly AuditLineAnswer[];
  readonly exportedAt: Date;
}

/** What lies at the top of an archive. No password, secret or token is in it. */
export const accountFiles = (record: AccountRecord): readonly ArchiveFile[] => [
  { path: 'README.txt', text: readme(record) },
  { path: 'account.json', text: `${JSON.stringify(accountJson(record), undefined, 2)}\n` },
  { path: 'audit.csv', text: auditCsv(record.audit) },
];

function accountJson({ profile, use, signIns, passkeys, collections, exportedAt }: AccountRecord): object {
  return {
    exportedAt,
    profile: {
      accountId: profile.account,
      email: profile.email,
      emailVerified: profile.emailVerified,
      username: profile.username,
      createdAt: profile.createdAt,
      isOperator: profile.isOperator,
      tier: profile.tier,
      storageUsed: profile.storageUsed,
      storageLimit: profile.storageLimit,
      detectionsThisMonth: use.detectionsThisMonth,
      hasPassword: use.hasPassword,
      hasSecondFactor: profile.hasSecondFactor,
    },
    signIns: signIns.map(({ id: _id, ...shown }) => shown),
    passkeys,
    memberships: collections.map(({ collection, role, joinedAt }) => ({ collection, role, joinedAt })),
  };
}

function auditCsv(lines: readonly AuditLineAnswer[]): string {
  const rows = lines.map(({ at, kind, collection, count, network, details }) => [
    at,
    kind,
    collection ?? '',
    String(count),
    network ?? '',
    Object.entries(details)
      .map(([name, value]) => `${name}: ${String(value)}`)
      .join('; '),
  ]);
  return [['When', 'What', 'Collection', 'Times within the hour', 'Network', 'Details'], ...rows]
    .map((cells) => `${cells.map(csvCell).join(',')}\r\n`)
    .join('');
}

const readme = ({ profile, collections, exportedAt }: AccountRecord): string => `What this server knows about you
================================

For ${profile.username} <${profile.email}>, made on ${exportedAt.toISOString().slice(0, 10)}.

account.json      who you are here, where you are signed in, which collections you are in.
                  Your password is not in it: the server keeps only a hash of it.
audit.csv         what was done in your name: sign-ins, exports, changes of roles.
                  Opens in any spreadsheet.
collections/      one folder for each of the ${collections.length} collections you are in:

  collection.json   everything in it: folders, items, quantities by place, your own
                    fields, notes, the notebook, the trash. Import it in the app
                    ("Import" on the start screen takes this zip as it is) and the
                    collection is there again.
  items.csv         its items as a table for a spreadsheet.
  photos/           its photos, as large as the server keeps them, by the name items know
                    them by.
  files/            receipts, warranties and other files of its items.
  photos-and-files.json   the list of both, with sizes and checksums (SHA-256).
  documents/        the same once more as it is stored (Yjs updates), for developers.

What a device of yours has not sent to this server yet is not in this archive.
`;
