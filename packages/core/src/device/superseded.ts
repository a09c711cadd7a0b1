import { canonicalJson, shardOf, type CollectionId, type ItemId, type Json } from '@cacaw/protocol';
import { fromRegister } from '../inventory/values.ts';
import { inventory, type FieldSpec, type KeyedSpec } from '../schema.ts';
import { journalOf } from './journal.ts';
import type { DeviceStore, JournalEntry, RangeQuery } from './store.ts';

/**
 * A value this device wrote to a field of an item that somebody replaced without having seen it (P5). It is told until the
 * person writes the field again or dismisses it by its id.
 */
export interface SupersededValue {
  readonly id: string;
  readonly item: ItemId;
  /** The field's name in the row, or `x:<key>` for a value of a custom field. */
  readonly field: string;
  /** As rows show them. */
  readonly mine: Json;
  readonly theirs: Json;
  /** When the relay received theirs, in Unix milliseconds. */
  readonly at: number;
}

/** The superseded values of one item, or of every item of a collection; oldest first. */
export async function readSuperseded(store: DeviceStore, collection: CollectionId, item?: ItemId): Promise<readonly SupersededValue[]> {
  const query = item === undefined ? { index: 'collection', lower: collection, upper: collection } : journalOfItem(collection, item);
  const entries = await store.read(['journal'], (tx) => tx.range('journal', query));
  return entries.flatMap((entry) => valueOf(entry) ?? []).sort((a, b) => a.at - b.at);
}

/** '0' is the character after '/'. */
function journalOfItem(collection: CollectionId, item: ItemId): RangeQuery {
  const { lower } = journalOf(collection, `rows.${shardOf(item)}`);
  const row = `${String(lower)}${item.slice(shardOf(item).length)}`;
  return { lower: `${row}/`, upper: `${row}0` };
}

function valueOf({ key, collection, row, field: code, value, superseded }: JournalEntry): SupersededValue | undefined {
  const [, shard] = key.slice(collection.length).match(/^\/rows\.([0-9A-Za-z]+)\//) ?? [];
  const named = namedField(code);
  if (superseded === undefined || shard === undefined || named === undefined) return undefined;
  const [field, spec] = named;
  const [mine, theirs] = [fromRegister(spec, value), fromRegister(spec, superseded.value)];
  if (mine === undefined || theirs === undefined || canonicalJson(mine) === canonicalJson(theirs)) return undefined;
  return { id: key, item: `${shard}${row}` as ItemId, field, mine, theirs, at: superseded.at };
}

type NamedField = readonly [name: string, spec: FieldSpec | KeyedSpec];

const { fields, keyed } = inventory.tables.item;

function namedField(code: string): NamedField | undefined {
  const { custom } = keyed;
  return custom !== undefined && code.startsWith(`${custom.code}:`) ? [code, custom] : shownFields.get(code);
}

/** Fields a person writes, by code; what the engine keeps for itself is nobody's loss. */
const shownFields: ReadonlyMap<string, NamedField> = new Map(
  Object.entries(fields)
    .filter(([, spec]) => spec.engine !== true)
    .map(([name, spec]) => [spec.code, [name, spec]]),
);
