import { overlapOf, sameThingFrom, type Box, type DetectedItem, type LessonValues } from '@cacaw/protocol/detection';

/** A thing that is in a picture, as a person left it. */
export interface TrueThing {
  readonly values: LessonValues;
  readonly box: Box | null;
}

/** Which of the things were found, as what; what was missed, and what is not there. */
export interface Matched {
  readonly found: readonly { readonly thing: TrueThing; readonly item: DetectedItem }[];
  readonly missed: readonly TrueThing[];
  readonly extra: readonly DetectedItem[];
}

const folded = (text: string): string =>
  text
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, '');

/** A box counts more than a name; of two that both match the closer one is taken. */
function closeness({ values, box }: TrueThing, item: DetectedItem): number {
  const overlap = box === null || item.box === null ? 0 : overlapOf(box, item.box);
  if (overlap >= sameThingFrom) return 1 + overlap;
  return folded(values.name) !== '' && folded(values.name) === folded(item.name) ? overlap + sameThingFrom : 0;
}

/** Pairs things with what was detected, the closest first, each once. */
export function match(things: readonly TrueThing[], items: readonly DetectedItem[]): Matched {
  const pairs = things
    .flatMap((thing) => items.map((item) => ({ thing, item, close: closeness(thing, item) })))
    .filter(({ close }) => close > 0)
    .sort((one, other) => other.close - one.close);
  const [takenThings, takenItems] = [new Set<TrueThing>(), new Set<DetectedItem>()];
  const found = pairs.filter(({ thing, item }) => {
    if (takenThings.has(thing) || takenItems.has(item)) return false;
    takenThings.add(thing);
    takenItems.add(item);
    return true;
  });
  return {
    found,
    missed: things.filter((thing) => !takenThings.has(thing)),
    extra: items.filter((item) => !takenItems.has(item)),
  };
}
