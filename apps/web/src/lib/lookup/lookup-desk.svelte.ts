import { readProductCode } from '@cacaw/protocol';
import type { ItemRow } from '@cacaw/core';
import {
  lookupAnswer,
  lookupPath,
  lookupSourcesAnswer,
  type LookupAnswer,
  type LookupSourceAnswer,
  type LookupSourceName,
  type LookupSubject,
} from '@cacaw/protocol/http';
import { SvelteSet } from 'svelte/reactivity';
import { ask } from '../account/ask.ts';
import { Submission } from '../account/submission.svelte.ts';

/** What of an item can be looked up: a barcode that is a product's, or the name of a trading card. */
export interface Question {
  readonly subject: LookupSubject;
  readonly text: string;
}

/** Everything of an item that a service could know. */
export const questionsOf = ({ barcodes, name, type }: Pick<ItemRow, 'barcodes' | 'name' | 'type'>): readonly Question[] => [
  ...barcodes.filter((code) => readProductCode(code)).map((text) => ({ subject: 'code', text }) as const),
  ...(type === 'trading-cards' ? [{ subject: 'card', text: name } as const] : []),
];

let offered: Promise<readonly LookupSourceAnswer[]> | undefined;

/** The services this server may ask; read once a visit. None for whoever is not signed in, or offline. */
export function offeredSources(): Promise<readonly LookupSourceAnswer[]> {
  offered ??= ask('GET', lookupPath, lookupSourcesAnswer).then(
    ({ sources }) => sources,
    () => {
      offered = undefined;
      return [];
    },
  );
  return offered;
}

const key = 'cacaw.lookup-sources';

/** Asks services about an item; which of them may hear of it is said by the person and remembered by this browser. */
export class LookupDesk {
  readonly submission: Submission = new Submission();
  readonly allowed: SvelteSet<LookupSourceName> = new SvelteSet();
  #answer = $state.raw<LookupAnswer>();

  constructor() {
    for (const name of remembered()) this.allowed.add(name);
  }

  /** Undefined until something was asked. */
  get answer(): LookupAnswer | undefined {
    return this.#answer;
  }

  allow(name: LookupSourceName, isAllowed: boolean): void {
    if (isAllowed) this.allowed.add(name);
    else this.allowed.delete(name);
    remember([...this.allowed]);
  }

  async ask({ subject, text }: Question, sources: readonly LookupSourceName[]): Promise<void> {
    this.#answer = await this.submission.run(() => ask('POST', lookupPath, lookupAnswer, { subject, text, sources }));
  }
}

/** Nothing where site data is blocked: then a person says it each time. */
function remembered(): readonly LookupSourceName[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? '[]') as readonly LookupSourceName[];
  } catch {
    return [];
  }
}

function remember(names: readonly LookupSourceName[]): void {
  try {
    localStorage.setItem(key, JSON.stringify(names));
  } catch {
    return; // Site data is blocked: it is asked again next time.
  }
}
