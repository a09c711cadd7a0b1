import type { Command } from './commands.ts';
import type { PlanContext, PlanOutcome, PlanView } from './plan-view.ts';

/**
 * Turns a command into the writes it means, or says what has to be read first (hydrate, read, plan again; at most a few rounds).
 * Pure but for `context`; throws `CommandError` when the command must not run.
 */
export function plan(command: Command, view: PlanView, context: PlanContext): PlanOutcome {
  throw new Error(`not there yet: ${command.type} ${String(view)} ${String(context)}`);
}
