import { theLog } from './migrations/0001-the-log.ts';
import type { Migration } from './migrations/migration.ts';

/** Every schema change, oldest first; forward only. */
export const migrations: readonly Migration[] = [theLog];
