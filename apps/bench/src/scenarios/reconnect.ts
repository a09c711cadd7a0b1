import { setTimeout as sleep } from 'node:timers/promises';
import { createSystemRandom } from '@cacaw/client';
import { encodeClientMessage, newCollectionId, type Seq } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import { nthEdit } from '../edit-mix.ts';
import { bytes, median, ms, type Figure } from '../figure.ts';
import { bytesOf, NodeDevice } from '../lab/node-device.ts';
import { startQueryCounter, type QueryCounter } from '../lab/query-counter.ts';
import { startRelayOn } from '../lab/relay-site.ts';
import type { Scenario } from '../scenario.ts';

interface Visits {
  readonly received: readonly number[];
  readonly pages: number;
  readonly logReads: number;
  readonly statements: number;
  /** Of each visit: a relay in service is warm, and what else it does in the meantime belongs to no visit. */
  readonly cpuMs: readonly number[];
}

/** Type byte of a client's `pull`: each is answered by one page. */
const pullKind = encodeClientMessage({ type: 'pull', collection: 1, after: 0 as Seq, maxBytes: 1, order: [], next: undefined })[0];

/** Coming back costs what was missed, however large the collection is. */
export const reconnect: Scenario = {
  name: 'reconnect',
  about:
    'A device with the whole collection connects again; the relay reaches its database through a counter of statements. Processor time is the median of its visits, after as many uncounted ones.',
  async run(lab) {
    const items = lab.isQuick ? 10_000 : 100_000;
    const site = await lab.relay();
    await using counter = await startQueryCounter(site.databaseUrl);
    const relay = await startRelayOn(counter.url, site.dataDir, lab.origin);
    try {
      await using keeper = await NodeDevice.open(relay.origin);
      const collection = newCollectionId(createSystemRandom());
      await keeper.run(inventoryCommands({ collection, items }));
      const shared = await keeper.share(collection, site);
      await keeper.connect();
      await using returning = await NodeDevice.open(relay.origin);
      await returning.reach(shared);
      await returning.connect();
      const rounds = lab.isQuick ? 20 : 50;
      await visits({ relay, counter, returning, rounds, meanwhile: async () => undefined });
      const upToDate = await visits({ relay, counter, returning, rounds, meanwhile: async () => undefined });
      // Spread over the shards, as a day of somebody else's edits is.
      const rows = (await keeper.rows(collection, items)).filter((_, at) => at % (items / 100) === 0);
      let n = 0;
      const meanwhile = async (): Promise<void> => {
        for (const row of rows) await keeper.device.run(nthEdit(collection, row.id, (n += 1)));
        await keeper.synced();
        // What the relay tidies up after the edits is no cost of coming back.
        await sleep(500);
      };
      const behind = await visits({ relay, counter, returning, rounds: lab.isQuick ? 5 : 20, meanwhile });
      return [...figures(`up to date, ${items} items`, upToDate, 1_000), ...figures(`100 edits behind, ${items} items`, behind, 20_000)];
    } finally {
      await relay.child.stop();
    }
  },
};

interface Course {
  readonly relay: { cpuMs(): number };
  readonly counter: QueryCounter;
  readonly returning: NodeDevice;
  readonly rounds: number;
  readonly meanwhile: () => Promise<void>;
}

async function visits({ relay, counter, returning, rounds, meanwhile }: Course): Promise<Visits> {
  const received: number[] = [];
  const cpuMs: number[] = [];
  const sums = { pages: 0, logReads: 0, statements: 0 };
  for (let round = 0; round < rounds; round += 1) {
    await returning.disconnect();
    await meanwhile();
    const [before, cpuBefore, frames] = [counter.counts(), relay.cpuMs(), returning.frames.length];
    await returning.connect();
    const after = counter.counts();
    const own = returning.frames.slice(frames);
    received.push(bytesOf(own, 'received'));
    sums.pages += own.filter((frame) => frame.direction === 'sent' && frame.kind === pullKind).length;
    sums.logReads += after.log - before.log;
    sums.statements += after.all - before.all;
    cpuMs.push(relay.cpuMs() - cpuBefore);
  }
  return {
    received,
    pages: sums.pages / rounds,
    logReads: sums.logReads / rounds,
    statements: sums.statements / rounds,
    cpuMs,
  };
}

function figures(what: string, { received, pages, logReads, statements, cpuMs }: Visits, most: number): readonly Figure[] {
  const size = median(received);
  return [
    {
      what: `reconnect ${what}: received`,
      value: bytes(size),
      target: `≤ ${bytes(most)}`,
      gate: { held: size <= most, rule: `reconnect ${what} receives ≤ ${most} B` },
    },
    {
      what: `reconnect ${what}: readings of the log`,
      value: `${logReads.toFixed(1)} of ${statements.toFixed(1)} statements`,
      target: `one for each page (${pages.toFixed(1)})`,
      gate: { held: logReads <= pages, rule: `reconnect ${what} reads the log once a page` },
    },
    { what: `reconnect ${what}: relay CPU`, value: ms(median(cpuMs)), target: '≤ 5 ms', met: median(cpuMs) <= 5 },
  ];
}
