import type { AccountId, Clock } from '@cacaw/protocol';
import type { AuditLineAnswer } from '@cacaw/protocol/http';
import type { ArchiveSource } from '../ports/archive-source.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import { accountFiles } from './account-files.ts';
import { startArchiveThread } from './archive-thread.ts';
import { writeArchive } from './archive.ts';
import { inPieces, streamOf } from './zip-stream.ts';

/** What archives are made from. */
export interface ArchivesOptions {
  readonly source: ArchiveSource;
  readonly profiles: Pick<Profiles, 'use'>;
  /** The account's own lines, oldest first. */
  readonly audit: (account: AccountId) => Promise<readonly AuditLineAnswer[]>;
  readonly clock: Clock;
  readonly appVersion: string;
  readonly onFault: (what: string, error: unknown) => void;
}

/** Archives of this relay: at most {@link mostAtOnce} are built at a time, the others wait their turn. */
export interface Archives {
  /** The zip of an account as it is read; cancelling the stream ends all work on it. */
  open(profile: Profile): ReadableStream<Uint8Array>;
}

const mostAtOnce = 2;

/** Archives built in threads of their own. */
export function createArchives(options: ArchivesOptions): Archives {
  const waiting: (() => void)[] = [];
  let running = 0;
  const turn = async (): Promise<() => void> => {
    if (running >= mostAtOnce) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    return () => {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    };
  };
  return {
    open(profile) {
      return streamOf(inPieces(archiveOf(profile, options, turn)), options);
    },
  };
}

async function* archiveOf(profile: Profile, options: ArchivesOptions, turn: () => Promise<() => void>): AsyncGenerator<Uint8Array> {
  const { source, profiles, audit, clock, appVersion } = options;
  const { account } = profile;
  const leave = await turn();
  try {
    const exportedAt = clock.now();
    await using thread = startArchiveThread({ exportedAt, appVersion });
    const collections = await source.collections(account);
    const files = accountFiles({
      profile,
      use: await profiles.use(account, new Date(exportedAt)),
      signIns: await source.signIns(account),
      passkeys: await source.passkeys(account),
      audit: await audit(account),
      collections,
      exportedAt: new Date(exportedAt),
    });
    yield* writeArchive({ account, source, thread, collections, files });
  } finally {
    leave();
  }
}
