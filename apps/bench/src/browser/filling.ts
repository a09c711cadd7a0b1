import type { Cacaw } from '@cacaw/client';
import { createSystemRandom } from '@cacaw/client';
import type { Command, ItemDraft } from '@cacaw/core';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import { startEngine } from './engine.ts';
import { asked } from './opening.ts';

/** A collection made through the engine's own commands, and how long that took. */
export interface Filled {
  readonly collection: CollectionId;
  readonly ms: number;
  /** Until a list that was open all the time showed everything. */
  readonly listedMs: number;
}

/** Fills this profile's database with a generated inventory, command by command, each kept before the next. */
export async function fill(relay: string, items: number): Promise<Filled> {
  const { cacaw } = startEngine(relay);
  const collection = newCollectionId(createSystemRandom());
  await cacaw.name();
  const commands = [...inventoryCommands({ collection, items })];
  let listed = (): void => undefined;
  const isListed = new Promise<void>((done) => (listed = done));
  let count = 0;
  let ms = 0;
  const startedAt = performance.now();
  for (const [at, command] of commands.entries()) {
    await cacaw.run(command);
    if (at === 0) followCount(cacaw, collection, (now) => (count = now) >= items && listed());
  }
  ms = performance.now() - startedAt;
  await isListed;
  const listedMs = performance.now() - startedAt;
  if (count !== items) throw new Error(`${count} of ${items} items are listed.`);
  await tidied();
  await cacaw.close();
  return { collection, ms, listedMs };
}

/** Resolves when the engine's idle work has made single records of what was imported in chunks: how a database is found on later visits. */
async function tidied(): Promise<void> {
  const database = await asked(indexedDB.open('CacawInventory'));
  while ((await asked(database.transaction('chunks').objectStore('chunks').count())) > 0)
    await new Promise((resume) => setTimeout(resume, 250));
  database.close();
}

/** Follows how many ids a list of everything holds. */
export function followCount(cacaw: Cacaw, collection: CollectionId, tell: (count: number) => void): () => void {
  let count = 0;
  return cacaw.list({ collection }, ({ ids, splices }) => {
    count = ids?.length ?? count;
    for (const { remove, insert } of splices) count += insert.length - remove;
    tell(count);
  });
}

/** The drafts of the same inventory, for peers that keep it otherwise. */
export const draftsOf = (items: number): readonly ItemDraft[] =>
  [...inventoryCommands({ collection: 'x' as CollectionId, items })].flatMap((command: Command) =>
    command.type === 'addItems' ? command.drafts : [],
  );
