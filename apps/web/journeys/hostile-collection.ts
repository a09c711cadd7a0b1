import { crc32, deflateRawSync } from 'node:zlib';

/** Every text of a collection as somebody wrote it who means no good; what would run calls `canary`. */
export const hostile = {
  collection: '<img src=x onerror=canary(1)> =1+1',
  folder: '<svg onload=canary(2)> [md](javascript:canary(2))',
  name: `=cmd|'/c calc'!A1<script>canary(3)</script>`,
  longName: `${'W'.repeat(199)}!`,
  note: '# title\n**bold** <b onmouseover=canary(4)>x</b>\n[a](javascript:canary(4))\n=HYPERLINK("javascript:canary(4)")',
  description: `<iframe src="javascript:canary(5)"></iframe>${'ü'.repeat(200)}`,
  tag: '<u onclick=canary(6)>&lt;t&gt;</u>',
  field: '@SUM(1)<style>*{display:none}</style>',
  url: 'javascript:canary(7)',
  look: 'javascript:canary(8)',
  line: `<b>${'1234567890'.repeat(100_000)}`,
} as const;

const id = 'Hostile00';
const times = { createdAt: 1_700_000_000_000, updatedAt: 1_700_000_000_000, movedAt: 1_700_000_000_000, trashedAt: null };

function bundle(): object {
  const common = {
    canContain: false,
    estimatedValue: null,
    purchasePrice: null,
    acquiredAt: '',
    places: { '': 1 },
    mergedInto: null,
    ...times,
  };
  return {
    version: '1.0.0',
    exportType: 'collection',
    cacaw: {
      format: 1,
      collection: {
        name: hostile.collection,
        type: 'household',
        currency: 'EUR',
        schemaVersion: 1,
        createdAt: times.createdAt,
        settings: {},
        fields: [{ key: 'link', label: hostile.field, kind: 'url', unit: '', options: [], order: 'a0', deletedAt: null }],
      },
      notebook: [
        { insert: hostile.note },
        { insert: 'a look', attributes: { link: hostile.look, bold: true } },
        { insert: `\n${hostile.line}\n` },
      ],
    },
    folders: [
      {
        id: 'Folder0001',
        name: hostile.folder,
        parentId: null,
        metadata: { color: 'red;background:url(/canary)', icon: '<img>' },
        cacaw: { order: 'a0', ...times },
      },
    ],
    items: [
      {
        id: `${id}00001`,
        name: hostile.name,
        notes: hostile.note,
        description: hostile.description,
        tags: [hostile.tag, 'x'.repeat(50)],
        folderId: null,
        cacaw: { ...common, order: 'a0', barcodes: ['=1+1'], custom: { link: hostile.url } },
      },
      {
        id: `${id}00002`,
        name: hostile.longName,
        folderId: 'Folder0001',
        tags: [],
        cacaw: { ...common, order: 'a1', barcodes: [], custom: {} },
      },
    ],
  };
}

/** A zip as "Download my data" makes it, with a collection no app of ours would have let anybody write. */
export function hostileArchive(): Buffer {
  const [name, text] = [Buffer.from('collections/x/collection.json'), Buffer.from(JSON.stringify(bundle()))];
  const packed = deflateRawSync(text);
  const facts = Buffer.alloc(26);
  facts.writeUInt16LE(20, 0);
  facts.writeUInt16LE(8, 4);
  facts.writeUInt32LE(crc32(text), 10);
  facts.writeUInt32LE(packed.length, 14);
  facts.writeUInt32LE(text.length, 18);
  facts.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), facts, name, packed]);
  const directory = Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), facts, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, directory, end]);
}

/** A table whose header and cells are as bad, one of them a megabyte long. */
export const hostileTable = (): Buffer =>
  Buffer.from(
    [
      ['name', hostile.field, 'W'.repeat(300), 'tags'],
      [hostile.name, hostile.note, '=1+1', hostile.tag],
      ['y'.repeat(1_000_000), '', '', ''],
    ]
      .map((row) => row.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
      .join('\n'),
  );
