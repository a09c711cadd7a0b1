import { theLog } from './migrations/0001-the-log.ts';
import { accounts } from './migrations/0002-accounts.ts';
import { invites } from './migrations/0003-invites.ts';
import { theWall } from './migrations/0004-the-wall.ts';
import { rateLimits } from './migrations/0005-rate-limits.ts';
import { audit } from './migrations/0006-audit.ts';
import { erasure } from './migrations/0007-erasure.ts';
import { blobs } from './migrations/0008-blobs.ts';
import { detection } from './migrations/0010-detection.ts';
import { damagedBlobs } from './migrations/0011-damaged-blobs.ts';
import { lessons } from './migrations/0012-lessons.ts';
import { neededBlobs } from './migrations/0013-needed-blobs.ts';
import { knownDetectors } from './migrations/0014-known-detectors.ts';
import { worstCaseHolds } from './migrations/0015-worst-case-holds.ts';
import { lostMoney } from './migrations/0016-lost-money.ts';
import { holdsOutlive } from './migrations/0017-holds-outlive.ts';
import type { Migration } from './migrations/migration.ts';

/** Every schema change, oldest first; forward only. */
export const migrations: readonly Migration[] = [
  theLog,
  accounts,
  invites,
  theWall,
  rateLimits,
  audit,
  erasure,
  blobs,
  detection,
  damagedBlobs,
  lessons,
  neededBlobs,
  knownDetectors,
  worstCaseHolds,
  lostMoney,
  holdsOutlive,
];
