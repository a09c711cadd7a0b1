import type { FakeReply, SeenRequest } from './fake-vision.ts';

/** A thing that stands in a picture: which of {@link kindCount} kinds it is, and which one of them. */
export interface Shown {
  readonly kind: number;
  readonly one: number;
}

/** Kinds of things there are. */
export const kindCount = 24;

/** What a thing is called by its owner; the service below knows better. */
export interface ShownValues {
  readonly name: string;
  readonly type: string;
  readonly series: string;
  readonly condition: string;
}

/** What a thing really is, in the words of its owner. */
export const truthOf = ({ kind, one }: Shown): ShownValues => ({
  name: `Turtle ${kind} no. ${one}`,
  type: 'action figure',
  series: `Wave ${kind}`,
  condition: one % 5 === 0 ? 'fair' : 'good',
});

/** What the service says by habit: every third kind is a toy to it, and two thirds of the kinds are Classics. Wear it never sees. */
const habitOf = (shown: Shown): ShownValues => ({
  ...truthOf(shown),
  type: shown.kind % 3 === 0 ? 'toy' : 'action figure',
  series: shown.kind % 3 === 1 ? `Wave ${shown.kind}` : 'Classics',
  condition: 'good',
});

/** The picture of one thing. */
export const pictureOf = ({ kind, one }: Shown): Uint8Array => Uint8Array.of(kind, one >> 8, one & 0xff);

const shownIn = ([kind = 0, high = 0, low = 0]: Uint8Array): Shown => ({ kind, one: (high << 8) | low });

/**
 * A service that misnames things by habit. The rule: a word is said as by habit, unless a line of the instruction has it in quotes and,
 * behind it on the same line, the right one in quotes.
 */
export function stubborn({ prompt, picture }: SeenRequest): FakeReply {
  const shown = shownIn(picture);
  const [habit, truth] = [habitOf(shown), truthOf(shown)];
  const said = (field: keyof ShownValues): string => (isTaught(prompt, habit[field], truth[field]) ? truth[field] : habit[field]);
  const item = { name: habit.name, type: said('type'), series: said('series'), condition: said('condition') };
  return {
    items: [
      { ...item, description: '', estimatedValue: null, currency: 'EUR', tags: [], barcodes: [], confidence: 0.8, box: [0, 0, 1000, 1000] },
    ],
  };
}

function isTaught(prompt: string, habit: string, truth: string): boolean {
  return prompt.split('\n').some((line) => {
    const at = line.indexOf(`"${habit}"`);
    return at >= 0 && line.includes(`"${truth}"`, at + 1);
  });
}
