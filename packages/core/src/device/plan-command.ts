import type { CommandId } from '@cacaw/protocol';
import { CommandError, type Command } from '../inventory/commands.ts';
import { plan } from '../inventory/plan.ts';
import { asksForLook } from '../inventory/plan-look.ts';
import type { PlanOutcome } from '../inventory/plan-view.ts';
import type { Work } from './edit.ts';
import { keepPhotos } from './keep-photos.ts';
import { PlanInputs } from './plan-inputs.ts';

/** Every round reads something new; a planner that still asks after this many is wrong. */
const mostRounds = 50;

/**
 * Turns a command into the writes it means, reading inside the work's own transaction whatever that takes, and keeps the bytes of
 * photos and files that came with it.
 */
export async function planCommand(
  work: Work,
  command: Command,
  id: CommandId,
): Promise<Extract<PlanOutcome, { readonly kind: 'planned' }>> {
  const { tx, held, random, nowMs } = work;
  if (held.row !== undefined && held.row.gone === null && held.row.role === 'viewer') {
    throw new CommandError('view-only', `You may only view collection ${held.id}; ask its owner for the right to edit.`, { id: held.id });
  }
  const inputs = new PlanInputs(held);
  const lookKey = asksForLook(command) ? await work.readLookKey?.(tx) : undefined;
  for (let round = 0; round < mostRounds; round += 1) {
    const outcome = plan(command, inputs, { id, nowMs, random, lookKey });
    if (outcome.kind === 'planned') {
      await keepPhotos(work, command, outcome);
      return outcome;
    }
    await inputs.read(tx, outcome.needs);
  }
  throw new Error(`Command ${id} (${command.type}) still needs something after ${mostRounds} rounds.`);
}

/** Fetches what plans commands. Only a person's edit needs it, so it may come later than the rest of the device. */
export type LoadPlanner = () => Promise<typeof planCommand>;
