import type { ClientMessage, Clock } from '@cacaw/protocol';
import { Budget } from './budget.ts';

const messageBudget = { capacity: 4_000, perSecond: 1_000 };
const byteBudget = { capacity: 48 * 1024 * 1024, perSecond: 8 * 1024 * 1024 };
const presenceBudget = { capacity: 20, perSecond: 10 };
/** Pushes refused `busy`: a device that hears one waits, so only a flood goes on. */
const refusalBudget = { capacity: 2_000, perSecond: 100 };

/** How much one connection may say. */
export class Allowance {
  readonly #messages: Budget;
  readonly #bytes: Budget;
  readonly #presence: Budget;
  readonly #refusals: Budget;

  constructor(clock: Clock) {
    this.#messages = new Budget(clock, messageBudget);
    this.#bytes = new Budget(clock, byteBudget);
    this.#presence = new Budget(clock, presenceBudget);
    this.#refusals = new Budget(clock, refusalBudget);
  }

  /** `refused`: a burst of pushes is not punished, and what they are about must be known; both only so long. `over`: it must end. */
  take(type: ClientMessage['type'], length: number): 'granted' | 'refused' | 'over' {
    if (this.#messages.take(1) && this.#bytes.take(length)) return 'granted';
    const isExcused = (type === 'push' || type === 'define') && this.#refusals.take(1);
    return isExcused ? 'refused' : 'over';
  }

  /** Who moves about faster than others can follow is heard only now and then. */
  takePresence(): boolean {
    return this.#presence.take(1);
  }
}
