import { newCommandId, type CollectionId, type CommandId } from '@cacaw/protocol';
import type { Command, CommandResult } from '../inventory/commands.ts';
import { importCommands, type ImportOptions, type ImportStep } from './import-commands.ts';
import type { ImportPreview } from './preview.ts';

/** How far an import is. */
export interface ImportProgress {
  readonly rowsDone: number;
  readonly rowsTotal: number;
}

/** What an import needs to run: usually `cacaw.run`, and somebody who watches. */
export interface ImportRun extends ImportOptions {
  readonly run: (command: Command, id: CommandId) => Promise<CommandResult>;
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined;
  /** Ends the import after the command that is running. */
  readonly signal?: AbortSignal | undefined;
}

/** How an import ended, with every command it ran: {@link undoImport} takes all of it back. */
export interface ImportReceipt {
  readonly collection: CollectionId;
  readonly ended: 'done' | 'cancelled' | 'failed';
  readonly commands: readonly CommandId[];
  readonly rowsDone: number;
  /** Why it failed; what was kept before stays kept. */
  readonly error?: unknown;
}

/** Carries out an import command by command, each kept before the next begins. Never rejects: the receipt says how it ended. */
export async function runImport(preview: ImportPreview, options: ImportRun): Promise<ImportReceipt> {
  const { collection, random, run, onProgress, signal } = options;
  const rowsTotal = preview.counts.create + (options.updates ? preview.counts.update : 0);
  const commands: CommandId[] = [];
  let rowsDone = 0;
  const receipt = (ended: ImportReceipt['ended']): ImportReceipt => ({ collection, ended, commands, rowsDone });
  const steps = importCommands(preview, options);
  try {
    for (let step: IteratorResult<ImportStep, void> = steps.next(); step.done !== true;) {
      if (signal?.aborted === true) return receipt('cancelled');
      const id = newCommandId(random);
      commands.push(id);
      const result = await run(step.value.command, id);
      rowsDone = step.value.rowsDone;
      onProgress?.({ rowsDone, rowsTotal });
      step = steps.next(result);
    }
    return receipt('done');
  } catch (error) {
    return { ...receipt('failed'), error };
  }
}

/** The one command that takes a whole import back. */
export const undoImport = (receipt: ImportReceipt): Command => ({
  type: 'undo',
  collection: receipt.collection,
  commands: receipt.commands,
});
