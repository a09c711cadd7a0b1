import type { FolderId, ItemId } from '@cacaw/protocol';
import { CommandError, type Command } from './commands.ts';
import { defineField, removeField } from './custom-fields.ts';
import { Draft, NeedsSignal } from './plan-draft.ts';
import { addFolder, createCollection, editCollection, editFolder, moveFolder, setSetting } from './plan-folders.ts';
import { addItems, adjustQuantity, editBarcodes, editItem, editNote, moveItems, stocktake, tagItems } from './plan-items.ts';
import { mergeItems } from './plan-merge.ts';
import { addFiles, addPhotos, editPhoto, movePhoto, removeFiles, removePhotos } from './plan-photos.ts';
import { recreate } from './plan-recreate.ts';
import { purge, restore, trash } from './plan-trash.ts';
import { undo } from './plan-undo.ts';
import type { PlanContext, PlanOutcome, PlanView } from './plan-view.ts';

/** Rows a command made, in the order of its drafts. */
interface Made {
  readonly items?: readonly ItemId[];
  readonly folders?: readonly FolderId[];
}

type Planners = { readonly [Type in Command['type']]: (draft: Draft, command: Extract<Command, { readonly type: Type }>) => Made | void };

const planners: Planners = {
  createCollection,
  editCollection,
  addFolder: (draft, command) => ({ folders: [addFolder(draft, command)] }),
  editFolder,
  moveFolder,
  addItems: (draft, command) => ({ items: addItems(draft, command) }),
  editItem,
  moveItems,
  tagItems,
  editBarcodes,
  adjustQuantity,
  stocktake,
  editNote,
  addPhotos,
  removePhotos,
  movePhoto,
  editPhoto,
  addFiles,
  removeFiles,
  mergeItems: (draft, command) => ({ items: [mergeItems(draft, command)] }),
  trash,
  restore,
  purge,
  defineField,
  removeField,
  setSetting,
  recreate,
  undo,
};

/**
 * Turns a command into the writes it means, or says what has to be read first (hydrate, read, plan again; at most a few rounds).
 * Pure but for `context`; throws `CommandError` when the command must not run.
 */
export function plan(command: Command, view: PlanView, context: PlanContext): PlanOutcome {
  refuseUnwritable(command, view);
  const draft = new Draft(view, context);
  const run = planners[command.type] as (draft: Draft, command: Command) => Made | void;
  try {
    const { items = [], folders = [] } = run(draft, command) ?? {};
    return { kind: 'planned', writes: draft.writes(), undo: draft.undo(), result: { id: context.id, items, folders } };
  } catch (error) {
    if (error instanceof NeedsSignal) return { kind: 'needs', needs: error.needs };
    throw error;
  }
}

function refuseUnwritable(command: Command, { collection }: PlanView): void {
  if (command.type === 'createCollection') {
    if (collection === undefined) return;
    throw new CommandError('bad-value', `Collection ${command.id} exists already; use a fresh id.`, { id: command.id });
  }
  if (collection === undefined || collection.gone !== null) {
    throw new CommandError('unknown-collection', `Collection ${command.collection} is not on this device.`, { id: command.collection });
  }
  if (collection.role === 'viewer') {
    throw new CommandError('view-only', `You may look at ${collection.name}, not change it; ask its owner for the editor role.`, {
      id: collection.id,
    });
  }
  if (command.type === 'editCollection' && command.change.learns !== undefined && collection.role !== 'owner') {
    throw new CommandError('owner-only', `Whether ${collection.name} learns from corrections is for its owner to say.`, {
      id: collection.id,
    });
  }
}
