import type { Figure } from './figure.ts';
import type { Lab } from './lab/lab.ts';

/** One thing a person waits for or pays for, measured beside what the machine can do at best. */
export interface Scenario {
  readonly name: string;
  /** What it shows, in a sentence for the reader of the table. */
  readonly about: string;
  /** What the reader must know to judge the figures: what stands in the way, what is not ours. */
  readonly note?: string;
  run(lab: Lab): Promise<readonly Figure[]>;
}
