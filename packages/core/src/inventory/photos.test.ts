import type { BlobHash, ItemId, PhotoView } from '@cacaw/protocol';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meet, runs } from '../../test/arbitrary.ts';
import { addItem, started } from '../../test/home.ts';
import { deeds, People } from '../../test/people.ts';
import { fileDraft, hashOf, photoDraft } from '../device/testing/photos.ts';
import { refusalOf, type Replica } from '../../test/replica.ts';
import type { Command } from './commands.ts';
import { readFileFacts, readPhotoFacts } from './photo-registers.ts';

const hashes = (replica: Replica, item: ItemId): readonly BlobHash[] => replica.item(item).photos.map(({ hash }) => hash);

function itemWith(...photos: readonly number[]) {
  const replica = started();
  const item = addItem(replica, 'Lamp');
  const { collection } = replica;
  if (photos.length > 0) replica.run({ type: 'addPhotos', collection, item, photos: photos.map((n) => photoDraft(n)) });
  return { replica, item, collection };
}

test('[C16] photos stand in the order they were given and were moved to, the first one as the cover', () => {
  const { replica, item, collection } = itemWith(5, 3, 4);
  const move = (photo: number, after: number | null): void =>
    void replica.run({ type: 'movePhoto', collection, item, photo: hashOf(photo), after: after === null ? null : hashOf(after) });

  expect(hashes(replica, item)).toEqual([5, 3, 4].map(hashOf));
  move(4, null);
  expect(hashes(replica, item)).toEqual([4, 5, 3].map(hashOf));
  move(4, 3);
  move(5, 5);
  expect(hashes(replica, item)).toEqual([5, 3, 4].map(hashOf));
  replica.run({ type: 'addPhotos', collection, item, photos: [photoDraft(3), photoDraft(9)] });
  expect(hashes(replica, item)).toEqual([5, 3, 4, 9].map(hashOf));
});

test('[C16] a photo carries its size, caption and view, and an item may be born with photos', () => {
  const { replica, collection } = itemWith();
  const view: PhotoView = { turns: 3, crop: { left: 10, top: 0, side: 900 } };

  const [item] = replica.run({
    type: 'addItems',
    collection,
    drafts: [{ name: 'Vase', photos: [photoDraft(2), photoDraft(1, { caption: 'The crack', view })] }],
  }).items as readonly [ItemId];

  expect(replica.item(item).photos).toMatchObject([
    { hash: hashOf(2), width: 400, height: 300, bytes: 9, mediaType: 'image/webp', caption: '', view: null },
    { hash: hashOf(1), caption: 'The crack', view },
  ]);
  replica.run({ type: 'editPhoto', collection, item, photo: hashOf(1), change: { view: null } });
  expect(replica.item(item).photos[1]).toMatchObject({ caption: 'The crack', view: null });
});

test('[C16] files are kept with their names and kinds, and what is taken away comes back as it was by an undo', () => {
  const { replica, item, collection } = itemWith(1, 2);
  replica.run({ type: 'addFiles', collection, item, files: [fileDraft(2), fileDraft(1, { kind: 'warranty' })] });
  replica.run({ type: 'editPhoto', collection, item, photo: hashOf(1), change: { caption: 'Front' } });
  const before = replica.item(item);
  expect(before.files).toMatchObject([
    { name: 'receipt 1.pdf', kind: 'warranty', bytes: 6, mediaType: 'application/pdf' },
    { name: 'receipt 2.pdf', kind: 'receipt' },
  ]);

  const gone = replica.run({ type: 'removePhotos', collection, item, photos: [hashOf(1)] });
  const without = replica.run({ type: 'removeFiles', collection, item, files: [fileDraft(2).hash] });
  expect([hashes(replica, item), replica.item(item).files.length]).toEqual([[hashOf(2)], 1]);
  replica.run({ type: 'undo', collection, commands: [gone.id, without.id] });

  expect(replica.item(item)).toMatchObject({ photos: before.photos, files: before.files });
});

const cases: readonly (readonly [what: string, code: string, command: (item: ItemId) => object])[] = [
  ['a twelfth photo', 'too-many', (item) => ({ type: 'addPhotos', item, photos: Array.from({ length: 10 }, (_, n) => photoDraft(n + 2)) })],
  ['a 21st file', 'too-many', (item) => ({ type: 'addFiles', item, files: Array.from({ length: 21 }, (_, n) => fileDraft(n)) })],
  [
    'a caption of 301 characters',
    'too-long',
    (item) => ({ type: 'editPhoto', item, photo: hashOf(0), change: { caption: 'x'.repeat(301) } }),
  ],
  ['a photo that is not there', 'unknown-photo', (item) => ({ type: 'removePhotos', item, photos: [hashOf(7)] })],
  [
    'a place behind a photo that is not there',
    'unknown-photo',
    (item) => ({ type: 'movePhoto', item, photo: hashOf(0), after: hashOf(7) }),
  ],
  ['a name that is no hash', 'bad-value', (item) => ({ type: 'addPhotos', item, photos: [photoDraft(3, { hash: 'x' as BlobHash })] })],
  ['a picture without pixels', 'bad-value', (item) => ({ type: 'addPhotos', item, photos: [photoDraft(3, { width: 0 })] })],
  ['a picture without bytes', 'bad-value', (item) => ({ type: 'addPhotos', item, photos: [photoDraft(3, { blob: new Blob([]) })] })],
  ['a medium that is none', 'bad-value', (item) => ({ type: 'addPhotos', item, photos: [photoDraft(3, { mediaType: 'webp' })] })],
  [
    'half a turn too much',
    'bad-value',
    (item) => ({ type: 'editPhoto', item, photo: hashOf(0), change: { view: { turns: 5, crop: null } } }),
  ],
  ['a file without a name', 'name-missing', (item) => ({ type: 'addFiles', item, files: [fileDraft(1, { name: ' ' })] })],
  ['a file of an unknown kind', 'bad-value', (item) => ({ type: 'addFiles', item, files: [fileDraft(1, { kind: 'x' as 'other' })] })],
];

test.each(cases)('[C4] %s is refused', (_, code, make) => {
  const { replica, item, collection } = itemWith(0, 1);
  const sent = replica.log.length;

  expect(refusalOf(() => replica.run({ collection, ...make(item) } as Command))).toBe(code);
  expect(replica.log.length).toBe(sent);
});

test('[C12] merging keeps every photo and file once, those of the item merged into first', () => {
  for (const way of [0, 1]) {
    const { replica, item: one, collection } = itemWith(1, 2);
    const other = addItem(replica, 'Lamp again');
    replica.run({ type: 'addPhotos', collection, item: other, photos: [photoDraft(2), photoDraft(3)] });
    replica.run({ type: 'addFiles', collection, item: other, files: [fileDraft(1)] });
    const [item, into] = way === 0 ? [one, other] : [other, one];

    const [survivor] = replica.run({ type: 'mergeItems', collection, item, into }).items as readonly [ItemId];

    expect(hashes(replica, survivor)).toEqual((way === 0 ? [2, 3, 1] : [1, 2, 3]).map(hashOf));
    expect(replica.item(survivor).files.length).toBe(1);
  }
});

test('[M25] photos taken, moved, named, turned and taken away by several people at once stand the same for all of them', () => {
  const kinds = ['photo', 'photo', 'unphoto', 'movePhoto', 'movePhoto', 'caption', 'turn', 'file', 'undo', 'merge', 'sync'] as const;
  fc.assert(
    fc.property(deeds({ people: 3, kinds, max: 24 }), (list) => {
      const people = new People(3);
      for (const deed of list) people.act(deed);
      meet(people.replicas);
      const [first, ...others] = people.replicas.map((replica) => replica.items().map(({ id, photos, files }) => ({ id, photos, files })));
      for (const other of others) expect(other).toEqual(first);
    }),
    runs,
  );
});

test('[M25] a register that describes no picture or file shows none, and a kind from later is another', () => {
  const photo = { w: 4, h: 3, b: 10, m: 'image/webp' };

  expect(readPhotoFacts(photo)).toEqual({ width: 4, height: 3, bytes: 10, mediaType: 'image/webp' });
  for (const wrong of [
    null,
    3,
    [],
    {},
    { ...photo, w: 0 },
    { ...photo, h: 1.5 },
    { ...photo, b: -1 },
    { ...photo, m: 'x' },
    { ...photo, w: 1e6 },
  ])
    expect(readPhotoFacts(wrong)).toBeUndefined();
  expect(readFileFacts({ n: 'a.pdf', m: 'application/pdf', b: 1, k: 'invoice' })?.kind).toBe('other');
  for (const wrong of [null, {}, { n: '', m: 'a/b', b: 1 }, { n: 'a', m: 'a', b: 1 }, { n: 'a', m: 'a/b' }])
    expect(readFileFacts(wrong)).toBeUndefined();
});
