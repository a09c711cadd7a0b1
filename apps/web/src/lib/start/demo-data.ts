import type { CollectionDraft, CustomField, FolderDraft, ItemDraft } from '@cacaw/core';
import type { FolderId } from '@cacaw/protocol';
import { demoItems } from './demo-items.ts';

/** Everything the demo collection is made of, ready to be run as commands. */
export interface Demo {
  readonly collection: CollectionDraft;
  readonly fields: readonly Pick<CustomField, 'key' | 'label' | 'kind' | 'unit' | 'options'>[];
  readonly folders: readonly FolderDraft[];
  readonly items: readonly ItemDraft[];
}

const colours: { readonly [folder: string]: string } = {
  'Living room': '#b07910',
  Kitchen: '#b3502e',
  Workshop: '#1f7a8c',
  'Hobby room': '#4f46b8',
  Bedroom: '#a83a78',
  Attic: '#3b7d33',
};

const fields: Demo['fields'] = [
  { key: 'serial', label: 'Serial number', kind: 'text', unit: '', options: [] },
  { key: 'warranty', label: 'Warranty until', kind: 'date', unit: '', options: [] },
  { key: 'weight', label: 'Weight', kind: 'number', unit: 'kg', options: [] },
  {
    key: 'plan',
    label: 'Plan',
    kind: 'enum',
    unit: '',
    options: [
      { key: 'keep', label: 'Keep' },
      { key: 'lend', label: 'Lend out' },
      { key: 'sell', label: 'Sell' },
      { key: 'mend', label: 'Mend' },
    ],
  },
];

/** Items that show off what a record can hold; merged over the line of that name. */
const details: { readonly [name: string]: Partial<ItemDraft> } = {
  'Espresso machine': {
    description: 'Dual boiler, 58 mm group. Descale every three months.',
    note: 'Gasket replaced in March.\nNext descaling: June.',
    acquiredAt: '2023-11-24',
    purchasePrice: { amount: 79_900, currency: 'EUR' },
    custom: { serial: 'EM-4471-0093', warranty: '2026-11-24', weight: 13.4, plan: 'keep' },
    barcodes: ['4006381333931'],
  },
  'Mirrorless camera': {
    acquiredAt: '2024-05-02',
    purchasePrice: { amount: 142_900, currency: 'EUR' },
    custom: { serial: 'MC7-220418', warranty: '2027-05-02', weight: 0.66, plan: 'keep' },
    note: 'Shutter count 8,200 in January.',
  },
  'Moon Magpie 88/88': {
    description: 'Reverse holo, centred, sleeved and in a top loader.',
    acquiredAt: '2022-08-13',
    custom: { plan: 'keep' },
  },
  'Skis with bindings': { note: 'Edges need grinding before the season.', custom: { plan: 'mend' } },
  'Baby cot, folded': { note: 'Promised to the neighbours until spring.', custom: { plan: 'lend' } },
  'Slide projector': { note: 'Lamp works, focus motor sticks.', custom: { plan: 'sell' } },
  'Jewellery box': { canContain: true },
  'Camera bag': { canContain: true },
};

/** Reads the demo household into drafts; the first folder is 0 to `folderIdOf`, the next 1. */
export function readDemo(folderIdOf: (nth: number) => FolderId): Demo {
  const folders: FolderDraft[] = [];
  const items: ItemDraft[] = [];
  const ids = new Map<string, FolderId>();
  let place: FolderId | '' = '';

  const folderAt = (path: readonly string[]): FolderId | '' => {
    const name = path.at(-1);
    if (name === undefined) return '';
    const known = ids.get(path.join('>'));
    if (known) return known;
    const parent = folderAt(path.slice(0, -1));
    const id = folderIdOf(folders.length);
    folders.push({ id, name, parent, color: colours[name] });
    ids.set(path.join('>'), id);
    return id;
  };

  for (const line of demoItems.split('\n').filter(Boolean)) {
    if (line.startsWith('# ')) place = folderAt(line.slice(2).split(' > '));
    else items.push(itemOf(line, place));
  }
  return { collection: { name: 'The house on Crow Lane', type: 'household', currency: 'EUR' }, fields, folders, items };
}

function itemOf(line: string, folderId: FolderId | ''): ItemDraft {
  const [name = '', quantity, value, condition, tags = '', series] = line.split('|');
  return {
    name,
    folderId,
    quantity: Number(quantity),
    estimatedValue: { amount: Math.round(Number(value) * 100), currency: 'EUR' },
    condition,
    tags: tags
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
    type: typeOf(tags),
    ...(series === undefined ? {} : { series }),
    ...details[name],
  };
}

function typeOf(tags: string): string {
  if (tags.includes('books')) return 'books';
  if (tags.includes('vinyl')) return 'music';
  if (tags.includes('cards')) return 'trading-cards';
  if (tags.includes('games')) return 'games';
  return tags.includes('tool') ? 'tools' : 'household';
}
