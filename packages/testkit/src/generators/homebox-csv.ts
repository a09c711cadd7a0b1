import { createSeededRandom, type SeededRandom } from '../random.ts';
import { householdKinds } from './household-kinds.ts';

/** A Homebox export as its users have them, and what importing it must lead to. */
export interface HomeboxFile {
  /** UTF-8 with byte order mark and CRLF line ends. */
  readonly bytes: Uint8Array;
  /** Rows that make an item. */
  readonly good: number;
  /** Line on which each bad row begins, with a word its reason must hold. */
  readonly bad: readonly { readonly line: number; readonly reason: string }[];
  /** Items directly in each place, by its path as Homebox writes it. */
  readonly itemsByLocation: ReadonlyMap<string, number>;
  /** Locations and everything above them. */
  readonly folders: number;
  /** Items that lie in another item of the file. */
  readonly inside: number;
}

const columns = [
  'HB.import_ref',
  'HB.parent_import_ref',
  'HB.location',
  'HB.tags',
  'HB.asset_id',
  'HB.archived',
  'HB.url',
  'HB.name',
  'HB.quantity',
  'HB.description',
  'HB.insured',
  'HB.notes',
  'HB.purchase_price',
  'HB.purchase_from',
  'HB.purchase_date',
  'HB.manufacturer',
  'HB.model_number',
  'HB.serial_number',
  'HB.lifetime_warranty',
  'HB.warranty_expires',
  'HB.warranty_details',
  'HB.sold_to',
  'HB.sold_price',
  'HB.sold_time',
  'HB.sold_notes',
  'HB.field.Colour',
  'HB.field.Weight (kg)',
  'HB.field.Last serviced',
] as const;

type Column = (typeof columns)[number];
type Cells = { readonly [Name in Column]?: string };

const makers = ['Bosch', 'IKEA', 'Philips', 'Logitech', 'Makita', 'Sony', 'Anker', 'Fender'];
const colours = ['red', 'blue', 'black', 'white', 'oak', 'grün'];
const tags = ['tools', 'insured', 'gift', 'winter', 'electronics', 'to sell', 'borrowed', 'fragile'];
const rooms = ['Office', 'Kitchen', 'Garage', 'Attic', 'Basement', 'Living room', 'Bedroom', 'Hall'];
const spots = ['Desk', 'Shelf 1', 'Shelf 2', 'Drawer', 'Cabinet', 'Box A', 'Box B'];

/** Exactly these seven kinds of bad row stand in every generated file, spread over it. */
const faults: readonly { readonly reason: string; readonly cells: Cells }[] = [
  { reason: 'name', cells: { 'HB.name': '' } },
  { reason: 'number', cells: { 'HB.quantity': 'many' } },
  { reason: 'below', cells: { 'HB.quantity': '-2' } },
  { reason: 'money', cells: { 'HB.purchase_price': 'about twelve' } },
  { reason: 'day', cells: { 'HB.purchase_date': '2024-13-45' } },
  { reason: 'already', cells: { 'HB.import_ref': 'ref-0' } },
  { reason: 'characters', cells: { 'HB.name': 'x'.repeat(201) } },
];

/** Makes a Homebox CSV of `rows` rows, seven of them bad; the same seed makes the same file. */
export function homeboxCsv(rows: number, seed = 1): HomeboxFile {
  const random = createSeededRandom(seed, 'homebox');
  const file = new FileBeingMade();
  const badAt = new Map(faults.map((fault, n) => [Math.floor(((n + 1) * rows) / (faults.length + 1)), fault]));
  for (let n = 0; n < rows; n++) {
    const fault = badAt.get(n);
    const cells = { ...goodRow(random, n), ...fault?.cells };
    if (fault === undefined) file.addGood(cells, n);
    else file.addBad({ ...cells, 'HB.location': 'Nowhere / Bad' }, fault.reason);
  }
  return file.end();
}

const goodRow = (random: SeededRandom, n: number): Cells => ({
  ...whatItIs(random, n),
  ...whatItCost(random),
  ...whatOthersAdded(random, n),
});

function whatItIs(random: SeededRandom, n: number): Cells {
  const location = ['Home', random.pick(rooms), random.pick(spots)].slice(0, 1 + random.int(3)).join(' / ');
  const someTags = [...new Set([random.pick(tags), random.pick(tags)])].slice(0, random.int(3));
  const maker = random.pick(makers);
  return {
    'HB.import_ref': `ref-${n}`,
    'HB.parent_import_ref': n > 100 && n % 97 === 0 ? 'ref-0' : '',
    'HB.location': location,
    'HB.tags': someTags.join(';'),
    'HB.asset_id': `000-${String(n).padStart(4, '0')}`,
    'HB.archived': n % 50 === 0 ? 'true' : 'false',
    'HB.name': `${random.pick(colours)} ${random.pick(householdKinds)} "${maker}", no. ${n}`,
    'HB.quantity': random.chance(0.2) ? String(2 + random.int(9)) : '1',
    'HB.description': random.chance(0.3) ? `Two lines,\r\nwith a comma; and "quotes"` : '',
    'HB.notes': random.chance(0.1) ? '=SUM(A1:A9) is only text' : '',
    'HB.manufacturer': maker,
    'HB.model_number': `M${random.int(9000)}`,
  };
}

/** Homebox writes 0, false and the year 1 where nobody entered anything. */
const whatItCost = (random: SeededRandom): Cells => ({
  'HB.insured': random.chance(0.1) ? 'true' : 'false',
  'HB.purchase_price': random.chance(0.6) ? (random.int(200_000) / 100).toFixed(2) : '0',
  'HB.purchase_from': random.chance(0.3) ? 'Second-hand shop' : '',
  'HB.purchase_date': random.chance(0.5) ? `20${10 + random.int(15)}-0${1 + random.int(9)}-1${random.int(9)}` : '0001-01-01',
  'HB.lifetime_warranty': 'false',
  'HB.sold_price': '0',
});

const whatOthersAdded = (random: SeededRandom, n: number): Cells => ({
  'HB.sold_to': n % 500 === 1 ? 'Neighbour' : '',
  'HB.field.Colour': random.pick(colours),
  'HB.field.Weight (kg)': String(random.int(40)),
  'HB.field.Last serviced': random.chance(0.2) ? '2023-05-17' : '',
});

class FileBeingMade {
  readonly #lines: string[] = [columns.join(',')];
  readonly #bad: { line: number; reason: string }[] = [];
  readonly #itemsByLocation = new Map<string, number>();
  #line = 2;
  #good = 0;
  #inside = 0;

  addGood(cells: Cells, n: number): void {
    this.#good++;
    const isInside = cells['HB.parent_import_ref'] === 'ref-0' && n !== 0;
    const location = cells['HB.location'] ?? '';
    if (isInside) this.#inside++;
    else this.#itemsByLocation.set(location, (this.#itemsByLocation.get(location) ?? 0) + 1);
    this.#add(cells);
  }

  addBad(cells: Cells, reason: string): void {
    this.#bad.push({ line: this.#line, reason });
    this.#add(cells);
  }

  end(): HomeboxFile {
    const paths = new Set(
      [...this.#itemsByLocation.keys()].flatMap((path) =>
        path.split(' / ').map((_, depth, parts) => parts.slice(0, depth + 1).join(' / ')),
      ),
    );
    return {
      bytes: new TextEncoder().encode(`\ufeff${this.#lines.join('\r\n')}\r\n`),
      good: this.#good,
      bad: this.#bad,
      itemsByLocation: this.#itemsByLocation,
      folders: paths.size,
      inside: this.#inside,
    };
  }

  #add(cells: Cells): void {
    const text = columns.map((column) => quoted(cells[column] ?? '')).join(',');
    this.#lines.push(text);
    this.#line += text.split('\n').length;
  }
}

const quoted = (cell: string): string => (/[",\r\n;]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
