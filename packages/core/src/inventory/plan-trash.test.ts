import type { FolderId, ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { addFolder, addItem, started } from '../../test/home.ts';
import { Replica } from '../../test/replica.ts';

test('[C9] a trashed folder takes one write and brings everything back as it was', () => {
  const replica = started();
  const collection = replica.collection;
  const folder = addFolder(replica, 'Shelf');
  const inner = addFolder(replica, 'Inner', folder);
  const items = ['a', 'b'].map((name) => addItem(replica, name, inner));
  const before = replica.items();
  const written = replica.log.length;

  replica.run({ type: 'trash', collection, items: [], folders: [folder] });
  expect(replica.log).toHaveLength(written + 1);
  expect(replica.folders().find((row) => row.id === folder)?.trashedAt).toBe(replica.now);
  replica.run({ type: 'restore', collection, items: [], folders: [folder] });

  expect(replica.items()).toEqual(before);
  expect(
    replica
      .items()
      .map((row) => row.id)
      .sort(),
  ).toEqual([...items].sort());
});

test('[C9] what is restored out of a trashed place moves up to the nearest living one', () => {
  const replica = started();
  const collection = replica.collection;
  const room = addFolder(replica, 'Room');
  const shelf = addFolder(replica, 'Shelf', room);
  const box = addItem(replica, 'Box', shelf, true);
  const lamp = addItem(replica, 'Lamp', box);
  replica.run({ type: 'trash', collection, items: [lamp], folders: [shelf] });

  replica.run({ type: 'restore', collection, items: [lamp], folders: [] });

  expect(replica.item(lamp)).toMatchObject({ folderId: room, trashedAt: null });
});

test('[C10] deleting a place for ever takes all below it and its notes, and nothing else', () => {
  const replica = started();
  const collection = replica.collection;
  const folder = addFolder(replica, 'Shelf');
  const box = addItem(replica, 'Box', addFolder(replica, 'Inner', folder), true);
  const lamp = addItem(replica, 'Lamp', box);
  const kept = addItem(replica, 'Kept');
  replica.run({ type: 'editNote', collection, item: lamp, before: '', after: 'secret' });
  replica.run({ type: 'trash', collection, items: [], folders: [folder] });

  replica.run({ type: 'purge', collection, items: [], folders: [folder] });

  expect(replica.items().map((row) => row.id)).toEqual([kept]);
  expect(replica.folders()).toEqual([]);
  expect(replica.registers(`notes.${lamp.slice(0, 6)}`).note(lamp.slice(6))).toBe('');
});

test('[C13] undo of an import trashes its rows, but not those somebody has worked on since', () => {
  const [anna, ben] = [started(1), new Replica(2)];
  const collection = anna.collection;
  const { id, items } = anna.run({
    type: 'addItems',
    collection,
    drafts: Array.from({ length: 300 }, (_, at) => ({ name: `Item ${at}` })),
  });
  ben.pull(anna);
  ben.run({ type: 'editItem', collection, item: items[7] as ItemId, change: { name: 'Precious' } });
  anna.pull(ben);

  anna.run({ type: 'undo', collection, commands: [id] });

  expect(
    anna
      .items()
      .filter((row) => row.trashedAt === null)
      .map((row) => row.name),
  ).toEqual(['Precious']);
});

test('[C13] undo of trash restores, unless somebody has trashed it again', () => {
  const [anna, ben] = [started(1), new Replica(2)];
  const collection = anna.collection;
  const [first, second] = [addItem(anna, 'First'), addItem(anna, 'Second')];
  const { id } = anna.run({ type: 'trash', collection, items: [first, second], folders: [] });
  ben.pull(anna);
  ben.now += 60_000;
  ben.run({ type: 'restore', collection, items: [second], folders: [] });
  ben.run({ type: 'trash', collection, items: [second], folders: [] });
  anna.pull(ben);

  anna.run({ type: 'undo', collection, commands: [id] });

  expect(anna.item(first).trashedAt).toBeNull();
  expect(anna.item(second).trashedAt).not.toBeNull();
});

test('[C14] a note edited from an older text keeps what others wrote meanwhile', () => {
  const replica = started();
  const collection = replica.collection;
  const item = addItem(replica, 'Lamp');
  replica.run({ type: 'editNote', collection, item, before: '', after: 'Bought in May.' });
  replica.run({ type: 'editNote', collection, item, before: 'Bought in May.', after: 'Bought in May. Works.' });

  replica.run({ type: 'editNote', collection, item, before: 'Bought in May.', after: 'I bought it in May.' });

  expect(replica.item(item).note).toBe('I bought it in May. Works.');
});

test('[C13] undo of an import keeps a folder into which somebody has put something meanwhile', () => {
  const [anna, ben] = [started(1), new Replica(2)];
  const collection = anna.collection;
  const made = ['Used', 'Unused'].map((name) => anna.run({ type: 'addFolder', collection, draft: { name } }));
  const [used, unused] = made.map((one) => one.folders[0] as FolderId) as [FolderId, FolderId];
  const imported = anna.run({ type: 'addItems', collection, drafts: [used, unused].map((folderId) => ({ name: 'Imported', folderId })) });
  ben.pull(anna);
  const bens = addItem(ben, 'Mine', used);
  anna.pull(ben);

  anna.run({ type: 'undo', collection, commands: [...made, imported].map((one) => one.id) });

  expect(
    anna
      .folders()
      .filter((row) => row.trashedAt === null)
      .map((row) => row.id),
  ).toEqual([used]);
  expect(
    anna
      .items()
      .filter((row) => row.trashedAt === null)
      .map((row) => row.id),
  ).toEqual([bens]);
});

test('[C10] a chain of forty folders and one of boxes are deleted for ever alike', () => {
  const replica = started();
  const collection = replica.collection;
  const top = addFolder(replica, 'Top');
  let folder = top;
  for (let depth = 0; depth < 40; depth += 1) folder = addFolder(replica, `Folder ${depth}`, folder);
  let box = addItem(replica, 'Box', folder, true);
  for (let depth = 0; depth < 6; depth += 1) box = addItem(replica, `Box ${depth}`, box, true);

  replica.run({ type: 'purge', collection, items: [], folders: [top] });

  expect(replica.items()).toEqual([]);
  expect(replica.folders()).toEqual([]);
});
