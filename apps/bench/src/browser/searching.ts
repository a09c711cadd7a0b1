import { inventoryCommands } from '@cacaw/testkit';
import type { CollectionId } from '@cacaw/protocol';
import { wholeList } from './editing.ts';
import { startEngine } from './engine.ts';
import { moment } from './moment.ts';

const words = ['drill', 'leica', 'märklin', 'winter coat', 'no. 4711', 'blue bosch', 'zzz'];

/** Milliseconds per keystroke. */
export interface SearchTimes {
  readonly engine: readonly number[];
  /** A raw scan of every text with `includes`, in the page. */
  readonly scan: readonly number[];
}

/** Types words letter by letter into the search of everything. */
export async function timeSearch(relay: string, collection: CollectionId): Promise<SearchTimes> {
  const { cacaw } = startEngine(relay);
  const { length } = await wholeList(cacaw, collection);
  const texts = [...inventoryCommands({ collection, items: length })].flatMap((command) =>
    command.type === 'addItems'
      ? command.drafts.map((draft) =>
          [draft.name, ...(draft.tags ?? []), draft.type, draft.condition, draft.description].join('\n').toLowerCase(),
        )
      : [],
  );
  const engine: number[] = [];
  const scan: number[] = [];
  for (const word of words) {
    for (const typed of Array.from(word, (_, at) => word.slice(0, at + 1))) {
      const startedAt = moment();
      await cacaw.search(typed, 50);
      const between = moment();
      const found = texts.filter((text) => text.includes(typed)).length;
      scan.push(moment() - between);
      engine.push(between - startedAt);
      if (found > texts.length) throw new Error('More was found than there is.');
    }
  }
  await cacaw.close();
  return { engine, scan };
}
