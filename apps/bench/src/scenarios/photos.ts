import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { createSystemRandom } from '@cacaw/client';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { maxPieceBytes, type BlobUse } from '@cacaw/protocol/http';
import { hostileFiles } from '../../../../packages/relay/test/hostile/hostile-files.ts';
import { bytes, ms, percentile, type Figure } from '../figure.ts';
import { signUp } from '../lab/account.ts';
import { lookAtPictureProcesses, type PictureProcesses } from '../lab/picture-processes.ts';
import { startWatchedRelay, type Watched, type WatchedRelay } from '../lab/relay-watch.ts';
import type { Scenario } from '../scenario.ts';

/** What the pipeline may cost beside the library it stands on; five runs on a busy machine measured 1.10 to 1.16, a quick one once 1.24. */
const mostShare = (count: number): number => (count < 10 ? 1.35 : 1.2);
const mostLateMs = 20;
const mostStallMs = 250;
const atOnce = 8;

/** A camera's photos through the relay: pieces, scan, pictures, seal, store, row. */
export const photos: Scenario = {
  name: 'photos',
  about:
    'JPEGs of 12 megapixels sent to a relay process, one after the other and eight at once; another person asks it, over and over, for the least it can answer.',
  note: 'Beside it sharp makes the same three pictures of the same files in this process: nothing is received, checked, sealed or stored. Processor time of the relay includes its picture processes. Two cores carry all of it, the database and whoever sends included.',
  async run(lab) {
    const count = lab.isQuick ? 3 : 10;
    const site = await lab.relay();
    await using relay = await startWatchedRelay(site, lab.origin);
    // One account has half of the places.
    const [sender, other] = [
      await openSender(relay.origin, site.dataDir, 'photographer'),
      await openSender(relay.origin, site.dataDir, 'another'),
    ];
    lab.log(`drawing ${count + 2 * atOnce} photos`);
    const [warm, inTurn, together] = [await draw(atOnce, 100), await draw(count, 200), await draw(atOnce, 300)];
    // Starts the picture processes, which stay.
    const one = await relay.during(() => each(warm, (photo) => sender.send(photo)));
    const cost = await costOf(relay, () => each(inTurn, (photo) => sender.send(photo)));
    const plainMs = await plainly(inTurn);
    const eight = await relay.during(() => Promise.all(together.map((photo, n) => (n % 2 === 0 ? sender : other).send(photo))));
    const hostile = await hostileFiles();
    const attacked = await relay.during(() => each(hostile, ({ bytes: file, use }) => sender.attack(file, use)));
    const idle = await relay.during(() => sleep(2_000));
    return figures({
      count,
      one,
      cost,
      plainMs,
      eight,
      hostile: hostile.length,
      attacked,
      idle,
      after: lookAtPictureProcesses(relay.pid),
      inTurn,
    });
  },
};

interface Sender {
  send(photo: Buffer): Promise<void>;
  /** Sends what may be refused. */
  attack(file: Uint8Array, use: BlobUse): Promise<void>;
}

async function openSender(origin: string, dataDir: string, name: string): Promise<Sender> {
  const person = await signUp({ origin, dataDir }, name);
  const collection = newCollectionId(createSystemRandom());
  await person.ask('POST', '/api/collections', { id: collection });
  const token = await person.token();
  const place = { origin, collection, token };
  return {
    async send(photo) {
      const { status, said } = await sendPieces(photo, 'photo', place);
      if (status !== 201) throw new Error(`The relay answered a photo with ${status}: ${said}`);
    },
    async attack(file, use) {
      await sendPieces(file, use, place);
    },
  };
}

interface Place {
  readonly origin: string;
  readonly collection: CollectionId;
  readonly token: string;
}

/** Sends piece after piece; says what was answered to the last one that was wanted. */
async function sendPieces(
  file: Uint8Array,
  use: BlobUse,
  { origin, collection, token }: Place,
): Promise<{ readonly status: number; readonly said: string }> {
  const hash = createHash('sha256').update(file).digest('hex');
  let last = { status: 0, said: 'there was nothing to send' };
  for (let from = 0; from < file.length && last.status <= 200; from += maxPieceBytes) {
    const piece = file.subarray(from, from + maxPieceBytes);
    const answer = await fetch(`${origin}/api/collections/${collection}/photos/${hash}`, {
      method: 'PUT',
      headers: {
        authorization: `Bearer ${token}`,
        'content-range': `bytes ${from}-${from + piece.length - 1}/${file.length}`,
        'x-blob-use': use,
      },
      body: new Uint8Array(piece),
    });
    last = { status: answer.status, said: await answer.text() };
  }
  return last;
}

/** Photos of 12 megapixels that compress as a camera's do, each another one. */
async function draw(count: number, seed: number): Promise<readonly Buffer[]> {
  const made: Buffer[] = [];
  for (let n = 0; n < count; n += 1) {
    const noise = await sharp({
      create: { width: 1000, height: 750, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
    })
      .modulate({ hue: (seed + n * 7) % 360 })
      .png()
      .toBuffer();
    made.push(await sharp(noise).resize(4000, 3000).jpeg({ quality: 92 }).toBuffer());
  }
  return made;
}

async function each<T>(all: readonly T[], run: (one: T) => Promise<void>): Promise<void> {
  for (const one of all) await run(one);
}

/** Processor time of the same pictures by the library alone. */
async function plainly(all: readonly Buffer[]): Promise<number> {
  sharp.cache(false);
  sharp.concurrency(1);
  const before = process.cpuUsage();
  await each(all, async (photo) => {
    const picture = sharp(photo, { limitInputPixels: 50_000_000, failOn: 'error' }).autoOrient();
    await picture.clone().webp({ quality: 80 }).toBuffer();
    await picture.clone().resize(300, 300).webp({ quality: 80 }).toBuffer();
    await picture.clone().resize(150, 150).webp({ quality: 80 }).toBuffer();
  });
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

interface Cost {
  readonly relayMs: number;
  readonly picturesMs: number;
  readonly ms: number;
}

/** Processor time while nobody else asks, without what watching the relay costs when it does nothing. */
async function costOf(relay: WatchedRelay, work: () => Promise<void>): Promise<Cost> {
  const [idleFrom, idleMs] = [relay.cpuMs(), 2_000];
  await sleep(idleMs);
  const idle = (relay.cpuMs() - idleFrom) / idleMs;
  const [from, before, startedAt] = [relay.cpuMs(), lookAtPictureProcesses(relay.pid).cpuMs, performance.now()];
  await work();
  const ms = performance.now() - startedAt;
  return { relayMs: relay.cpuMs() - from - idle * ms, picturesMs: lookAtPictureProcesses(relay.pid).cpuMs - before, ms };
}

interface Measured {
  readonly count: number;
  readonly one: Watched<void>;
  readonly cost: Cost;
  readonly plainMs: number;
  readonly eight: Watched<readonly void[]>;
  /** How many hostile files were sent. */
  readonly hostile: number;
  readonly attacked: Watched<void>;
  readonly idle: Watched<void>;
  readonly after: PictureProcesses;
  readonly inTurn: readonly Buffer[];
}

function figures({ count, one, cost, plainMs, eight, hostile, attacked, idle, after, inTurn }: Measured): readonly Figure[] {
  const { relayMs, picturesMs } = cost;
  const share = (relayMs + picturesMs) / plainMs;
  const size = inTurn.reduce((sum, { length }) => sum + length, 0) / count;
  return [
    {
      what: `a photo of 12 megapixels (${bytes(size)}) received, made into full, 300 and 150, sealed, stored`,
      value: `processor ${ms((relayMs + picturesMs) / count)} a photo: relay ${ms(relayMs / count)}, picture processes ${ms(picturesMs / count)}; ${ms(cost.ms / count)} by the clock`,
      beside: `sharp alone ${ms(plainMs / count)}: ${share.toFixed(2)} times that`,
      gate: {
        held: share <= mostShare(count),
        rule: `at most ${mostShare(count)} times the processor time of sharp alone${count < 10 ? ' (1.2 where more photos are measured)' : ''}`,
      },
    },
    lateness('one after the other', one, idle),
    lateness(`${atOnce} at once`, eight, idle),
    stalls(hostile, attacked),
    {
      what: `memory with ${atOnce} photos at once`,
      value: `relay ${bytes(eight.peakBytes)} at most, ${bytes(eight.beforeBytes)} before; ${after.count} picture processes ${bytes(after.peakBytes)} together`,
      gate: {
        held: eight.peakBytes - eight.beforeBytes < 200e6 && after.count <= 2 && after.peakBytes < 1.2e9,
        rule: 'the relay grows by less than 200 MB; two picture processes, 1.2 GB together at most',
      },
    },
  ];
}

const stalls = (count: number, { others }: Watched<void>): Figure => ({
  what: `${count} hostile files sent one after the other: somebody else's request meanwhile`,
  value: `${others.length} answered, p99 ${ms(percentile(others, 0.99))}, max ${ms(percentile(others, 1))}`,
  target: `none longer than ${mostStallMs} ms`,
  met: percentile(others, 1) <= mostStallMs,
});

const lateness = (how: string, { loop, others }: Watched<unknown>, idle: Watched<void>): Figure => ({
  what: `the relay's event loop meanwhile, ${how}`,
  value: `late by p99 ${ms(loop.p99)}, max ${ms(loop.max)}; longest turn ${ms(loop.longestTurn)} of processor time; somebody else's request p99 ${ms(percentile(others, 0.99))}, max ${ms(percentile(others, 1))}`,
  target: `p99 ≤ ${mostLateMs} ms`,
  met: loop.p99 <= mostLateMs,
  beside: `with nothing to do p99 ${ms(idle.loop.p99)}; somebody else's p99 ${ms(percentile(idle.others, 0.99))}`,
});
