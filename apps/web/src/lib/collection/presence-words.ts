import type { Person } from '@cacaw/client';

/** Who is on a row or field, and the verb when they are in a field: a long name may be cut short, the verb never. */
export interface PresenceWords {
  readonly who: string;
  readonly verb: '' | 'is editing' | 'are editing';
}

/** Says who of these people edits, or else who looks: one name, two names, or how many. */
export function presenceWords(people: readonly Person[]): PresenceWords {
  const editing = people.filter((person) => person.field !== '');
  if (editing.length === 0) return { who: together(people), verb: '' };
  return { who: together(editing), verb: editing.length === 1 ? 'is editing' : 'are editing' };
}

function together(people: readonly Person[]): string {
  const names = people.map((person) => person.name || 'Someone');
  return names.length > 2 ? `${names.length.toLocaleString()} people` : names.join(' and ');
}
