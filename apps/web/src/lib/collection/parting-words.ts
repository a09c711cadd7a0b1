import type { CollectionRow } from '@cacaw/core';

const keptDays = 30;
const dayMs = 24 * 3_600_000;

interface PartingWords {
  readonly title: string;
  readonly lines: readonly string[];
}

/** What a person is told of a collection that is gone: what happened, what stays here, and what of theirs was not sent. */
export function partingWords(row: CollectionRow): PartingWords {
  return row.gone === 'deleted' ? deletedWords(row) : takenAwayWords(row);
}

function deletedWords({ name, parting }: CollectionRow): PartingWords {
  const stays =
    parting === undefined ? 'Your copy is still on this device.' : `Your copy stays on this device until ${lastDay(parting.at)}.`;
  return { title: `${quoted(name)} was deleted`, lines: [stays, ...unsentLine(parting, 'made here never reached the others.')] };
}

function takenAwayWords({ name, gone, parting }: CollectionRow): PartingWords {
  const unsent = unsentLine(parting, 'made here had not been sent and went with it.');
  if (gone === 'erased') {
    return {
      title: `${quoted(name)} was erased`,
      lines: ['It was erased for everyone, and with it the copy on this device.', ...unsent],
    };
  }
  return {
    title: `You no longer have access to ${name === '' ? 'this collection' : quoted(name)}`,
    lines: ['You were removed from it, or left it on another device; its copy here was taken away.', ...unsent],
  };
}

const quoted = (name: string): string => (name === '' ? 'This collection' : `“${name}”`);

const lastDay = (at: number): string => new Date(at + keptDays * dayMs).toLocaleDateString();

function unsentLine(parting: CollectionRow['parting'], rest: string): readonly string[] {
  const count = parting?.unsent ?? 0;
  return count === 0 ? [] : [`${count === 1 ? '1 change' : `${count} changes`} ${rest}`];
}
