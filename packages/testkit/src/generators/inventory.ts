import type { Command, ItemDraft } from '@cacaw/core';
import { newFolderId, type CollectionId, type FolderId } from '@cacaw/protocol';
import { createSeededRandom, type SeededRandom } from '../random.ts';
import { householdKinds } from './household-kinds.ts';

/** What a generated inventory is like; the same options make the same commands. */
export interface InventoryOptions {
  readonly collection: CollectionId;
  readonly items: number;
  readonly seed?: number | undefined;
}

/** One folder for about this many items, as in a household that was sorted room by room. */
const itemsPerFolder = 250;
const batchItems = 512;
/** Every so many items lie at the top level, so that the first screen has rows. */
const topEvery = 10;

const kinds = [...householdKinds, 'Record', 'Stamp', 'Coin', 'Comic', 'Lens', 'Toolbox'];
const makers = ['Bosch', 'IKEA', 'Philips', 'Logitech', 'Makita', 'Sony', 'Anker', 'Fender', 'Märklin', 'Leica', 'Zeiss', 'Nikon'];
const colours = ['red', 'blue', 'black', 'white', 'oak', 'grün', 'silver', 'amber'];
const tags = ['tools', 'insured', 'gift', 'winter', 'electronics', 'to sell', 'borrowed', 'fragile'];
const rooms = ['Office', 'Kitchen', 'Garage', 'Attic', 'Basement', 'Living room', 'Bedroom', 'Hall'];
const conditions = ['mint', 'good', 'fair', 'poor'];
const remarks = [
  'Bought second hand from a neighbour.',
  'Needs a new cable before winter.',
  'Lent to Anna, ask for it in spring.',
  'The box and the manual are in the attic.',
];

/** The commands that make a believable inventory, in order: its collection, its folders, its items in batches. */
export function* inventoryCommands(options: InventoryOptions): Generator<Command, void, void> {
  const { collection, items, seed = 1 } = options;
  const random = createSeededRandom(seed, 'inventory');
  yield { type: 'createCollection', id: collection, draft: { name: `${items} things`, type: 'home', currency: 'EUR' } };
  const folders: FolderId[] = [];
  for (let n = 0; n < Math.ceil(items / itemsPerFolder); n += 1) {
    const id = newFolderId(random);
    const parent = n < rooms.length ? '' : random.pick(folders.slice(0, rooms.length));
    yield { type: 'addFolder', collection, draft: { id, name: n < rooms.length ? random.pick(rooms) : `Box ${n}`, parent } };
    folders.push(id);
  }
  for (let from = 0; from < items; from += batchItems) {
    const drafts = Array.from({ length: Math.min(batchItems, items - from) }, (_, n) => draftOf(random, from + n, folders));
    yield { type: 'addItems', collection, drafts };
  }
}

function draftOf(random: SeededRandom, n: number, folders: readonly FolderId[]): ItemDraft {
  return {
    name: `${random.pick(colours)} ${random.pick(makers)} ${random.pick(kinds)} no. ${n}`,
    type: random.pick(kinds),
    folderId: n % topEvery === 0 ? '' : random.pick(folders),
    condition: random.chance(0.5) ? random.pick(conditions) : '',
    description: random.chance(0.2) ? random.pick(remarks) : '',
    estimatedValue: random.chance(0.7) ? { amount: random.int(200_000), currency: 'EUR' } : null,
    acquiredAt: random.chance(0.5) ? `20${10 + random.int(15)}-0${1 + random.int(9)}-1${random.int(9)}` : '',
    quantity: random.chance(0.2) ? 2 + random.int(9) : 1,
    tags: [...new Set([random.pick(tags), random.pick(tags)])].slice(0, random.int(3)),
  };
}
