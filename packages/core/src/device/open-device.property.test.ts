import { newCommandId, type Ref } from '@cacaw/protocol';
import fc from 'fast-check';
import * as Y from 'yjs';
import { expect, test } from 'vitest';
import { Registers } from '../registers.ts';
import { happen } from './testing/life.ts';
import { pendingIn, shownBy, shownFrom } from './testing/oracle.ts';
import { SeededRandom } from './testing/ports.ts';
import { World, type Resident } from './testing/world.ts';
import type { PendingUpdate, TrayEntry } from './store.ts';

const runs = { numRuns: 1000 } as const;
const seeds = fc.integer({ min: 1, max: 2 ** 31 });

const writeKeys = (updates: readonly Pick<PendingUpdate | TrayEntry, 'document' | 'writes'>[]): string[] =>
  updates.flatMap(({ document, writes }) => writes.map((write) => `${document} ${JSON.stringify(write)}`)).sort();

/** Runs every write ever made on this device that has not been refused, in order, on empty documents. */
function withoutRefused(made: readonly PendingUpdate[], tray: readonly TrayEntry[]): readonly PendingUpdate[] {
  const refused = writeKeys(tray);
  return made.map((one) => ({
    ...one,
    writes: one.writes.filter((write) => {
      const at = refused.indexOf(`${one.document} ${JSON.stringify(write)}`);
      if (at >= 0) refused.splice(at, 1);
      return at < 0;
    }),
  }));
}

test('[S31] after any refusals, lost answers and failed writes a device equals one that never made the refused edits', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const world = await World.create(seed, 1);
      const [home] = world.residents;
      if (home === undefined) throw new Error('nobody');
      const made = new Map<string, PendingUpdate>();
      for (const { seq, document, writer, ref, bytes } of world.relay.log)
        made.set(`created ${seq}`, firstWrites(world, { document, writer, ref, bytes }));
      for (let step = 0; step < 8; step += 1) await refusedLife(world, home, made);
      await world.calm();
      const tray = await home.store.read(['tray'], (tx) => tx.range('tray', {}));
      const created = [...made.entries()].filter(([key]) => key.startsWith('created')).map(([, one]) => one);
      const edits = [...made.entries()].filter(([key]) => !key.startsWith('created')).map(([, one]) => one);

      const actual = await shownBy(home.store, world.collection);

      const never = shownFrom(world.collection, [], [...created, ...withoutRefused(edits, tray)]);
      expect(Object.fromEntries(actual)).toEqual(Object.fromEntries(never));
    }),
    runs,
  );
}, 120_000);

/** An edit or a failed one, some pushes of which some are refused or unanswered, and some of the log. */
async function refusedLife(world: World, home: Resident, made: Map<string, PendingUpdate>): Promise<void> {
  const { random, clock, collection } = world;
  clock.advance(random.below(2000));
  const command = random.chance(0.7) ? await world.commandWithoutNotes(home) : undefined;
  if (command !== undefined) await world.edit(home, command);
  else if (random.chance(0.2)) await world.failingEdit(home);
  for (const one of await pendingIn(home.store, collection)) {
    const key = `${one.command}/${one.document}`;
    if (!made.has(key)) made.set(key, one);
  }
  if (random.chance(0.5)) await world.push(home, { most: 20, refuse: 0.25, cut: 0.1 });
  if (random.chance(0.3)) await world.receive(home, 20);
}

/** The writes of the commands with which a world begins, read back from their bytes. */
function firstWrites(world: World, logged: Pick<PendingUpdate, 'document' | 'writer' | 'ref' | 'bytes'>): PendingUpdate {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, logged.bytes, 'test');
  const registers = new Registers(doc);
  const writes = [...registers.rows()].flatMap((row) =>
    [...(registers.row(row) ?? [])].map(([field, { value, stamp }]) => ({ kind: 'set' as const, row, field, value, stamp })),
  );
  return { collection: world.collection, order: 0, writes, command: newCommandId(new SeededRandom(1)), keptAt: 0, ...logged };
}

test('[S32] whenever the tab is killed, a kept edit is there after the restart and no writer’s ref is used twice', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 14 }), async (seed, point) => {
      const world = await World.create(seed, 1);
      const [home] = world.residents;
      if (home === undefined) throw new Error('nobody');
      const pushed = new Map<string, string>();
      const note = async (): Promise<void> => {
        for (const one of await pendingIn(home.store, world.collection)) {
          const key = `${one.writer}/${one.ref as Ref}`;
          const bytes = one.bytes.join();
          expect(pushed.get(key) ?? bytes).toBe(bytes);
          pushed.set(key, bytes);
        }
      };
      for (let step = 0; step < 3; step += 1) {
        await world.edit(home);
        await note();
        await world.crashDuring(home, point, () => (step % 2 === 0 ? world.edit(home) : world.pull(home)));
        await note();
        expect(await world.lost(home)).toEqual([]);
        expect(await world.check(home)).toEqual([]);
        if (step === 1) await world.push(home, { most: 3, cut: 0.5 });
      }
      await world.calm();
      expect(world.tally['refused writer-taken']).toBeUndefined();
      expect(await world.check(home)).toEqual([]);
    }),
    runs,
  );
}, 120_000);

test('[S20] stored rows are the projection of the stored documents after every transaction', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, async (seed) => {
      const world = await World.create(seed, 2);
      for (let step = 0; step < 6; step += 1) expect(await world.check(await happen(world))).toEqual([]);
    }),
    runs,
  );
}, 120_000);
