import { readFile } from 'node:fs/promises';
import { defaultTiers, readTiers, type Tiers } from '../accounts/tiers.ts';
import { ConfigError, type Config } from '../config.ts';

/** The tiers of TIERS_FILE, or those this relay comes with; throws {@link ConfigError} naming what is wrong with the file. */
export async function openTiers({ tiersFile }: Pick<Config, 'tiersFile'>): Promise<Tiers> {
  if (tiersFile === undefined) return defaultTiers;
  try {
    return readTiers(JSON.parse(await readFile(tiersFile, 'utf8')));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`The environment has a mistake:\n  TIERS_FILE ${tiersFile}: ${why}`, { cause: error });
  }
}
