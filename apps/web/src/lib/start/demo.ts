import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { random, type CacawApp } from '#lib/app/cacaw-app.svelte.ts';

/** Makes the demo collection on this device and answers its id; null when it could not (already told). */
export async function makeDemo(app: CacawApp): Promise<CollectionId | null> {
  const { readDemo } = await import('./demo-data.ts');
  const demo = readDemo();
  const id = newCollectionId(random);
  const doing = 'Make the demo collection';
  const made = await app.attempt({ type: 'createCollection', id, draft: demo.collection }, doing);
  if (!made) return null;
  for (const field of demo.fields) await app.attempt({ type: 'defineField', collection: id, field }, doing);
  for (const draft of demo.folders) await app.attempt({ type: 'addFolder', collection: id, draft }, doing);
  await app.attempt({ type: 'addItems', collection: id, drafts: demo.items }, doing);
  return id;
}
