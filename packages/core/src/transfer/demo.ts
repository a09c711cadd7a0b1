import type { CollectionId, Random } from '@cacaw/protocol';
import type { CollectionDraft, CommandResult } from '../inventory/commands.ts';
import { hobbies } from './demo/hobbies.ts';
import { house } from './demo/house.ts';
import { importCommands, type ImportStep } from './import-commands.ts';
import { referenceField } from './mapping.ts';
import { previewImport, type ImportPreview, type PreviewRow } from './preview.ts';
import { readImport } from './read-import.ts';
import { suggestMapping } from './suggest-mapping.ts';

/** The collection the demo is put into. */
export const demoCollection: CollectionDraft = { name: 'Demo: a house and its hobbies', type: 'other', currency: 'EUR' };

const columns =
  'id,parent id,name,type,location,tags,quantity,series,condition,description,notes,value,price,purchase date,barcode,Serial number,Warranty until,can contain';

/** About 300 made-up things of a family, as an import ready to run. */
export function demoPreview(): ImportPreview {
  const table = readImport(`${columns}\n${house}${hobbies}`, { fileName: 'demo.csv' });
  const preview = previewImport(table, suggestMapping(table, { currency: demoCollection.currency, fields: [] }), { folders: [], items: [], fields: [] });
  return { ...preview, rows: preview.rows.map(withoutReference), fields: preview.fields.filter(({ key }) => key !== referenceField.key) };
}

/** The commands that fill an empty collection with the demo; see {@link importCommands}. */
export const demoCommands = (collection: CollectionId, random: Random): Generator<ImportStep, void, CommandResult> =>
  importCommands(demoPreview(), { collection, random, updates: false });

/** References only tie the demo's boxes to what lies in them. */
function withoutReference(row: PreviewRow): PreviewRow {
  if (row.outcome !== 'create') return row;
  const { [referenceField.key]: _reference, ...custom } = row.draft.custom ?? {};
  return { ...row, draft: { ...row.draft, custom } };
}
