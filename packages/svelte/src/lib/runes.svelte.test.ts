import type { Notebook } from '@cacaw/client/notebook';
import type { ItemRow } from '@cacaw/core';
import type { CollectionId, ItemId } from '@cacaw/protocol';
import { flushSync, tick } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import { ScriptedCacaw } from '../../test/scripted-cacaw.ts';
import { LiveCollection, liveCollections, liveItem, LiveList, LiveNotebook } from './index.ts';

const collection = 'abcdefghijklmnopqrstuv' as CollectionId;
const ids = ['one', 'two', 'three'] as unknown as readonly ItemId[];
const [one, two, three] = ids as readonly [ItemId, ItemId, ItemId];
const row = (id: ItemId, name: string): ItemRow => ({ id, name }) as ItemRow;

const roots: (() => void)[] = [];
afterEach(() => {
  for (const stop of roots.splice(0)) stop();
});

/** Resolves when rows asked for have come and what shows them has run. */
async function fetched(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  flushSync();
}

/** Collects what an effect reads, as a component on screen would; the function returned takes it off the screen. */
function show<Value>(read: () => Value): { readonly seen: Value[]; readonly hide: () => Promise<void> } {
  const seen: Value[] = [];
  const stop = $effect.root(() => {
    $effect(() => {
      seen.push(read());
    });
  });
  roots.push(stop);
  flushSync();
  const hide = async (): Promise<void> => {
    stop();
    await tick();
  };
  return { seen, hide };
}

test('[W1] a value is subscribed once while anything reads it, and stopped when nothing does', async () => {
  const engine = new ScriptedCacaw();
  const item = liveItem(engine.cacaw, one);
  expect(engine.open('item')).toBe(0);
  const [a, b] = [show(() => item.current), show(() => item.current)];
  expect(engine.open('item')).toBe(1);

  await a.hide();
  expect(engine.open('item')).toBe(1);
  await b.hide();
  expect(engine.open('item')).toBe(0);
});

test('[W1] what reads a value runs again with the newest one', () => {
  const engine = new ScriptedCacaw();
  const collections = liveCollections(engine.cacaw);
  const { seen } = show(() => collections.current?.length);

  engine.say('collections', [{ id: collection }]);
  flushSync();
  engine.say('collections', [{ id: collection }, { id: 'other' }]);
  flushSync();

  expect(seen).toEqual([undefined, 1, 2]);
});

test('[W2] a list keeps the ids right through splices', () => {
  const engine = new ScriptedCacaw();
  const list = new LiveList(engine.cacaw, { collection });
  const { seen } = show(() => list.ids.join());

  engine.sayList({ ids: [one, two] });
  flushSync();
  engine.sayList({
    splices: [
      { at: 0, remove: 1, insert: [] },
      { at: 1, remove: 0, insert: [three, one] },
    ],
  });
  flushSync();

  expect(seen).toEqual(['', 'one,two', 'two,three,one']);
});

test('[W3] rows looked at are fetched together and once, and redraw only whoever shows them', async () => {
  const engine = new ScriptedCacaw();
  for (const id of ids) engine.stored.set(id, row(id, `stored ${id}`));
  const list = new LiveList(engine.cacaw, { collection });
  show(() => list.ids);
  engine.sayList({ ids, rows: [row(one, 'sent')] });
  const [a, b, c] = [show(() => list.row(one)?.name), show(() => list.row(two)?.name), show(() => list.row(three)?.name)];
  await fetched();
  expect(engine.asked).toEqual([[two, three]]);
  const before = c.seen.length;

  engine.sayList({ rows: [row(two, 'changed')] });
  flushSync();

  expect([a.seen.at(-1), b.seen.at(-1), c.seen.at(-1)]).toEqual(['sent', 'changed', 'stored three']);
  expect(c.seen.length).toBe(before);
});

test('[W3] a change that arrives while a row is being fetched wins over the row fetched', async () => {
  const engine = new ScriptedCacaw();
  engine.stored.set(one, row(one, 'old'));
  const list = new LiveList(engine.cacaw, { collection });
  show(() => list.ids);
  engine.sayList({ ids });
  const { seen } = show(() => list.row(one)?.name);
  await Promise.resolve();
  engine.sayList({ rows: [row(one, 'new')] });
  await fetched();
  expect(seen.at(-1)).toBe('new');
});

test('[W4] a collection subscribes only to what is read of it', async () => {
  const engine = new ScriptedCacaw();
  const open = new LiveCollection(engine.cacaw, collection);
  const tree = show(() => open.tree);
  const editable = show(() => open.canEdit);
  expect(['collections', 'tree', 'people', 'status', 'trashedFolders'].map((kind) => engine.open(kind))).toEqual([1, 1, 0, 0, 0]);

  engine.say('collections', [{ id: collection, role: 'editor', gone: null }]);
  flushSync();
  engine.say('collections', [{ id: collection, role: 'viewer', gone: null }]);
  flushSync();
  expect(editable.seen).toEqual([false, true, false]);
  await tree.hide();
  expect(engine.open('tree')).toBe(0);
});

test('[W5] a command may be made of reactive state', async () => {
  const engine = new ScriptedCacaw();
  const draft = $state({ name: 'Drill', tags: ['tool'] });
  await new LiveCollection(engine.cacaw, collection).run({ type: 'addItems', drafts: [draft] });
  expect(engine.ran).toEqual([{ type: 'addItems', collection, drafts: [{ name: 'Drill', tags: ['tool'] }] }]);
});

test('[W6] a notebook on screen follows every change of it, and is followed no longer when it has left', async () => {
  const listeners = new Set<() => void>();
  let lines = ['milk'];
  const notebook = {
    get lines() {
      return lines;
    },
    onChange(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  } as unknown as Notebook;
  const live = new LiveNotebook(notebook);
  const { seen, hide } = show(() => live.lines);
  lines = ['milk', 'eggs'];
  for (const listener of listeners) listener();
  flushSync();

  expect(seen).toEqual([['milk'], ['milk', 'eggs']]);
  await hide();
  expect(listeners.size).toBe(0);
});
