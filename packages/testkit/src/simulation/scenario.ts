import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { createSeededRandom, type SeededRandom } from '../random.ts';
import type { PlantedBug } from './planted.ts';
import type { SimulatedDevice } from './simulated-device.ts';
import { createMemorySimulatedDatabase, type SimulatedDatabase } from './simulated-database.ts';
import { World } from './world.ts';

/** What a run must add up to over all its seeds, so that it cannot pass by doing nothing. */
export interface Tally {
  readonly [what: string]: number;
}

type Trouble = (world: World, device: SimulatedDevice) => unknown;

/** Runs after so many simulated milliseconds, whatever else happens meanwhile. */
const later = (world: World, maxMs: number, run: () => void): void => void world.clock.after(world.random.int(maxMs), run);

const troubles: readonly (readonly [weight: number, what: string, trouble: Trouble])[] = [
  [12, 'cuts', (_world, device) => device.cut()],
  [6, 'offline', goOffline],
  [3, 'bursts', burst],
  [4, 'device crashes', crashDevice],
  [3, 'relay crashes', crashRelay],
  [3, 'failed commits', (_world, device) => device.failNextCommit()],
  [1, 'frozen', freeze],
  // A restore to before a mint is not promised yet (docs/decisions/0010): seeds that restore do not mint.
  [2, 'mints', (world) => !isRestoring(world.options.seed) && world.mint()],
];
const weightSum = troubles.reduce((sum, [weight]) => sum + weight, 0);

function goOffline(world: World, device: SimulatedDevice): void {
  device.setOnline(false);
  later(world, 4000, () => device.setOnline(true));
}

/** Twenty edits pile up offline, one of them refused in the middle, and are pushed in one go. */
function burst(world: World, device: SimulatedDevice): void {
  device.setOnline(false);
  for (let index = 0; index < 20; index += 1) world.act(device, index === 10);
  later(world, 2000, () => device.setOnline(true));
}

function crashDevice(world: World, device: SimulatedDevice): void {
  if (!device.isUp) return;
  device.crash();
  world.ledger.count('crashes');
  later(world, 1500, () => device.start());
}

function crashRelay(world: World): void {
  const relay = world.random.pick(world.relays);
  if (world.random.chance(0.7)) relay.crashSoon();
  else relay.crash();
}

function freeze(world: World, device: SimulatedDevice): void {
  device.freeze();
  later(world, 5000, () => device.thaw());
}

function makeTrouble(world: World, random: SeededRandom): void {
  let left = random.int(weightSum);
  for (const [weight, what, trouble] of troubles) {
    left -= weight;
    if (left >= 0) continue;
    world.ledger.count(what);
    trouble(world, random.pick(world.devices));
    return;
  }
}

/** A device's disk is copied while it is at rest: a restored image, running beside the original under the same account. */
function cloneDevice(world: World): void {
  const original = world.devices.find((device) => device.isAtRest && device.isUp);
  if (original === undefined) return;
  world.ledger.hasClones = true;
  world.ledger.count('clones');
  world.addDevice(original.disk.clone(), original.account);
}

/** How many moves a seed makes before it comes to rest. */
const moves = 100;

/** What a run may differ in besides its seed. */
export interface RunOptions {
  readonly planted?: PlantedBug | undefined;
  /** The database of this run; in memory when left out. */
  readonly database?: ((random: SeededRandom, collection: CollectionId) => SimulatedDatabase) | undefined;
}

/** The world a seed lives in. */
function createWorld(seed: number, { planted, database = createMemorySimulatedDatabase }: RunOptions): World {
  const random = createSeededRandom(seed, 'database');
  const collection = newCollectionId(random);
  return new World({
    seed,
    collection,
    database: database(random, collection),
    devices: isRestoring(seed) ? 4 : 2 + (seed % 3),
    relays: seed % 4 === 3 ? 2 : 1,
    hintsLost: seed % 8 === 3,
    planted,
  });
}

const isRestoring = (seed: number): boolean => seed % 10 === 7;
const isCloning = (seed: number): boolean => seed % 10 === 4;

/** One move: somebody does something or something goes wrong, relays come back, time passes. */
async function makeMove(world: World): Promise<void> {
  const { random } = world;
  if (random.chance(0.72)) world.act(random.pick(world.devices), random.chance(0.02));
  else makeTrouble(world, random);
  for (const relay of world.relays) if (!relay.isUp && random.chance(0.3)) relay.start();
}

/** Runs one seed to its end and returns what happened in it; throws `Broken` when an invariant does not hold. */
export async function runSeed(seed: number, options: RunOptions = {}): Promise<Tally> {
  const world = createWorld(seed, options);
  await world.begin();
  let bringBack: (() => Promise<void>) | undefined;
  for (let move = 0; move < moves; move += 1) {
    if (move === 40 && isRestoring(seed)) bringBack = await world.backup();
    if (move === 50 && isCloning(seed)) cloneDevice(world);
    await makeMove(world);
    if (move === 75 && bringBack !== undefined) await world.restore(bringBack);
    await world.clock.advance(world.random.int(300));
    await world.check();
  }
  await world.calm();
  await world.finish();
  return world.ledger.tally;
}
