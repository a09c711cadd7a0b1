import { theLog } from './migrations/0001-the-log.ts';
import { accounts } from './migrations/0002-accounts.ts';
import { invites } from './migrations/0003-invites.ts';
import { theWall } from './migrations/0007-the-wall.ts';
import { rateLimits } from './migrations/0008-rate-limits.ts';
import { audit } from './migrations/0009-audit.ts';
import { erasure } from './migrations/0010-erasure.ts';
import type { Migration } from './migrations/migration.ts';

/** Every schema change, oldest first; forward only. */
export const migrations: readonly Migration[] = [theLog, accounts, invites, theWall, rateLimits, audit, erasure];
