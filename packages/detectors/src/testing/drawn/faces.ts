import sharp, { type OverlayOptions, type Sharp } from 'sharp';
import type { Chance } from './chance.ts';
import { barcode, printedAt, withCheckDigit, type BarcodeKind, type Font } from './print.ts';

/** Kinds of things that are drawn. */
export type FaceKind = 'spines' | 'card' | 'label' | 'box';

/** One side of a thing as a scanner would have it, and what stands on it. */
export interface Face {
  readonly picture: Buffer;
  readonly width: number;
  readonly height: number;
  /** Every line that is printed. */
  readonly lines: readonly string[];
  readonly barcodes: readonly string[];
}

const nouns = [
  'River',
  'Lantern',
  'Garden',
  'Mountain',
  'Winter',
  'Harbour',
  'Compass',
  'Meadow',
  'Thunder',
  'Copper',
  'Falcon',
  'Orchard',
];
const qualities = [
  'Silent',
  'Golden',
  'Broken',
  'Hidden',
  'Northern',
  'Crimson',
  'Ancient',
  'Electric',
  'Little',
  'Distant',
  'Velvet',
  'Stormy',
];
const people = [
  'Clara Weston',
  'Martin Hale',
  'Ingrid Solberg',
  'Peter Moran',
  'Amelia Brook',
  'Victor Lindt',
  'Rosa Delgado',
  'Henry Walsh',
];
const makers = [
  'Northwind',
  'Bellamy Works',
  'Kestrel Audio',
  'Hartmann',
  'Solaris Optics',
  'Pinewood Tools',
  'Arcadia Games',
  'Lumen Home',
];
const things = [
  'Cordless Drill',
  'Table Lamp',
  'Coffee Grinder',
  'Pocket Radio',
  'Socket Wrench',
  'Desk Fan',
  'Film Camera',
  'Travel Kettle',
];
const inks = ['#111111', '#1c2733', '#3a1414', '#0f2f1c'];
const papers = ['#f4efe4', '#ffffff', '#e8eef4', '#f7e9c8', '#dfe8dc'];
const cloths = ['#23395b', '#5b2333', '#2d4a2b', '#40342a', '#d9c9a3', '#e9e4d4', '#1d1d1f'];

const title = (chance: Chance): string => `${chance.one(qualities)} ${chance.one(nouns)}`;
const digits = (chance: Chance, count: number): string => Array.from({ length: count }, () => chance.whole(0, 9)).join('');

function code(chance: Chance, kinds: readonly BarcodeKind[]): { readonly kind: BarcodeKind; readonly text: string } {
  const kind = chance.one(kinds);
  if (kind === 'EAN13') return { kind, text: withCheckDigit(`97${chance.whole(8, 9)}${digits(chance, 9)}`) };
  if (kind === 'UPCA') return { kind, text: withCheckDigit(`0${chance.whole(1, 9)}${digits(chance, 9)}`) };
  if (kind === 'EAN8') return { kind, text: withCheckDigit(`4${digits(chance, 6)}`) };
  return { kind, text: `INV-${digits(chance, 6)}` };
}

/** Draws the front of a thing. */
export function drawFace(kind: FaceKind, chance: Chance): Promise<Face> {
  switch (kind) {
    case 'spines':
      return spines(chance);
    case 'card':
      return card(chance);
    case 'label':
      return label(chance);
    case 'box':
      return box(chance);
  }
}

const sheet = (width: number, height: number, background: string): Sharp => sharp({ create: { width, height, channels: 3, background } });

async function composed(
  { width, height, background }: { readonly width: number; readonly height: number; readonly background: string },
  parts: readonly OverlayOptions[],
): Promise<Buffer> {
  return sheet(width, height, background)
    .composite([...parts])
    .png()
    .toBuffer();
}

/** Books side by side, their titles running down. */
async function spines(chance: Chance): Promise<Face> {
  const [count, length] = [chance.whole(4, 6), 1_000];
  const lines: string[] = [];
  const strips: OverlayOptions[] = [];
  let top = 0;
  for (let index = 0; index < count; index += 1) {
    const thickness = chance.whole(90, 150);
    const cloth = chance.one(cloths);
    const colour = isDark(cloth) ? chance.one(['#f2e6c2', '#ffffff']) : '#1a1a1a';
    const font = chance.one<Font>(['DejaVuSerif-Bold', 'DejaVuSans-Bold', 'DejaVuSansCondensed-Bold']);
    const [name, author] = [title(chance), chance.one(people)];
    const size = Math.round(thickness * chance.between(0.36, 0.44));
    const strip = await composed({ width: length, height: thickness - 4, background: cloth }, [
      printedAt({ text: name, font, size, colour }, 50, (thickness - size) / 2 - 4),
      printedAt({ text: author, font: 'DejaVuSans', size: Math.round(size * 0.7), colour }, 660, (thickness - size) / 2),
    ]);
    strips.push({ input: strip, left: 0, top });
    lines.push(name, author);
    top += thickness;
  }
  const flat = await composed({ width: length, height: top, background: '#0c0a08' }, strips);
  const picture = await sharp(flat).rotate(90).png().toBuffer();
  return { picture, width: top, height: length, lines, barcodes: [] };
}

const isDark = (hex: string): boolean => Number.parseInt(hex.slice(1, 3), 16) + Number.parseInt(hex.slice(3, 5), 16) < 260;

/** A trading card: name above, picture, a few lines below. */
async function card(chance: Chance): Promise<Face> {
  const [width, height] = [700, 980];
  const ink = chance.one(inks);
  const lines = [
    title(chance),
    `${chance.one(nouns)} Edition ${chance.whole(1, 9)}`,
    `${chance.whole(1, 99)}/${chance.whole(100, 250)}`,
    `Strike for ${chance.whole(2, 9)}0 damage`,
  ];
  const [name = '', edition = '', number = '', rule = ''] = lines;
  const art = await sheet(600, 380, chance.one(['#7aa2c8', '#c88f7a', '#8fbf88', '#b59ccf']))
    .png()
    .toBuffer();
  const { kind, text } = code(chance, ['QRCode', 'Code128']);
  const picture = await composed({ width, height, background: chance.one(papers) }, [
    printedAt({ text: name, font: 'DejaVuSans-Bold', size: 58, colour: ink }, 50, 45),
    { input: art, left: 50, top: 130 },
    printedAt({ text: edition, font: 'DejaVuSerif', size: 38, colour: ink }, 50, 540),
    printedAt({ text: rule, font: 'DejaVuSans', size: 36, colour: ink }, 50, 620),
    printedAt({ text: number, font: 'DejaVuSansMono', size: 34, colour: ink }, 50, 900),
    { input: await barcode(kind, text, kind === 'QRCode' ? 180 : 300), left: 360, top: 740 },
  ]);
  return { picture, width, height, lines, barcodes: [text] };
}

/** A label from the back of an appliance. */
async function label(chance: Chance): Promise<Face> {
  const [width, height] = [1_000, 640];
  const lines = [
    chance.one(makers),
    `${chance.one(things)}`,
    `Model ${chance.one(['KX', 'TR', 'MB', 'QL'])}-${digits(chance, 4)}`,
    `Serial ${digits(chance, 8)}`,
    `230 V 50 Hz ${chance.whole(2, 18)}00 W`,
  ];
  const [maker = '', thing = '', model = '', serial = '', power = ''] = lines;
  const ink = chance.one(inks);
  const { kind, text } = code(chance, ['EAN13', 'EAN8', 'Code128', 'UPCA']);
  const picture = await composed({ width, height, background: chance.one(papers) }, [
    printedAt({ text: maker, font: 'DejaVuSans-Bold', size: 72, colour: ink }, 50, 40),
    printedAt({ text: thing, font: 'DejaVuSans', size: 46, colour: ink }, 50, 150),
    printedAt({ text: model, font: 'DejaVuSansMono', size: 36, colour: ink }, 50, 250),
    printedAt({ text: serial, font: 'DejaVuSansMono', size: 36, colour: ink }, 50, 320),
    printedAt({ text: power, font: 'DejaVuSans', size: 34, colour: ink }, 50, 390),
    { input: await barcode(kind, text, 340), left: 580, top: 390 },
  ]);
  return { picture, width, height, lines, barcodes: [text] };
}

/** The side of a box: light print on a strong colour. */
async function box(chance: Chance): Promise<Face> {
  const [width, height] = [1_000, 760];
  const background = chance.one(['#1e4d8c', '#8c1e2f', '#1f6b45', '#3b2a66', '#d8a021']);
  const colour = background === '#d8a021' ? '#1a1a1a' : '#ffffff';
  const lines = [
    chance.one(makers),
    chance.one(things),
    `Set of ${chance.whole(2, 12)} pieces`,
    title(chance),
    `Contents: ${chance.whole(1, 4)} manuals and ${chance.whole(2, 6)} screws`,
  ];
  const [maker = '', thing = '', set = '', series = '', contents = ''] = lines;
  const { kind, text } = code(chance, ['EAN13', 'UPCA']);
  const picture = await composed({ width, height, background }, [
    printedAt({ text: thing, font: 'DejaVuSans-Bold', size: 84, colour }, 60, 60),
    printedAt({ text: maker, font: 'DejaVuSerif-Bold', size: 50, colour }, 60, 190),
    printedAt({ text: series, font: 'DejaVuSans', size: 44, colour }, 60, 290),
    printedAt({ text: set, font: 'DejaVuSans', size: 38, colour }, 60, 390),
    printedAt({ text: contents, font: 'DejaVuSans', size: 32, colour }, 60, 680),
    { input: await barcode(kind, text, 320), left: 600, top: 440 },
  ]);
  return { picture, width, height, lines, barcodes: [text] };
}
