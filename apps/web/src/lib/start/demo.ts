import type { Command } from '@cacaw/core';
import type { CollectionId, CommandId, FolderId } from '@cacaw/protocol';
import type { CacawApp } from '#lib/app/cacaw-app.svelte.ts';
import { readDemo } from './demo-data.ts';
import { endDemo, unfinishedDemo } from './unfinished-demo.ts';

const doing = 'Make the demo collection';

/**
 * Fills the demo collection that was begun on this device and answers its id; null when none was, or it could not be made (already told).
 * Begun again after a reload it goes on where it was: every id comes out the same, and a command that was kept is not run twice.
 */
export async function fillDemo(app: CacawApp): Promise<CollectionId | null> {
  const id = unfinishedDemo();
  if (id === null) return null;
  const [create, ...fill] = commandsOf(id);
  const run = (command: Command, nth: number): Promise<boolean> =>
    app.run(command, doing, nthId<CommandId>(id, nth)).then(
      () => true,
      (error: unknown) => {
        app.report(error, doing);
        return false;
      },
    );
  const isMade = create !== undefined && (await run(create, 0));
  if (isMade) for (const [nth, command] of fill.entries()) await run(command, nth + 1);
  endDemo();
  return isMade ? id : null;
}

function commandsOf(id: CollectionId): readonly Command[] {
  const { collection: draft, fields, folders, items } = readDemo((nth) => nthId<FolderId>(id.slice(0, folderIdLength), nth));
  return [
    { type: 'createCollection', id, draft },
    ...fields.map((field): Command => ({ type: 'defineField', collection: id, field })),
    ...folders.map((folder): Command => ({ type: 'addFolder', collection: id, draft: folder })),
    { type: 'addItems', collection: id, drafts: items },
  ];
}

const folderIdLength = 10;

/** As many letters as the given id has, and as random but for the last two: the demo is made of fewer than a hundred things. */
const nthId = <Id extends CommandId | FolderId>(id: string, nth: number): Id => `${id.slice(0, -2)}${String(nth).padStart(2, '0')}` as Id;
