import { deflateRawSync } from 'node:zlib';
import { createSystemRandom, tokenCredential } from '@cacaw/client';
import { newCollectionId } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import { bytes, ms, percentile, type Figure } from '../figure.ts';
import { signUp } from '../lab/account.ts';
import { NodeDevice } from '../lab/node-device.ts';
import { startWatchedRelay, type Watched } from '../lab/relay-watch.ts';
import { unzip } from '../lab/unzip.ts';
import type { Scenario } from '../scenario.ts';

/** The longest anybody else may wait for a relay that writes an archive. */
const mostHeldMs = 50;

/** Taking everything along costs nobody else anything. */
export const exporting: Scenario = {
  name: 'export',
  about: 'A person downloads all they have as one zip; another asks the same relay process, over and over, for the least it can answer.',
  note: 'The archive is written by a thread of the relay, on a machine with two cores that also runs the database and who downloads. Deflate beside it packs the same files, already in memory, at the same level.',
  async run(lab) {
    const items = lab.isQuick ? 10_000 : 100_000;
    const site = await lab.relay();
    await using relay = await startWatchedRelay(site, lab.origin);
    const person = await signUp({ origin: relay.origin, dataDir: site.dataDir }, 'leaver');
    const collection = newCollectionId(createSystemRandom());
    await person.ask('POST', '/api/collections', { id: collection });
    {
      await using device = await NodeDevice.open(
        relay.origin,
        tokenCredential(() => person.token()),
      );
      await device.run(inventoryCommands({ collection, items }));
      await device.device.setReach(collection, { mode: 'sync', secret: null });
      await device.connect();
    }
    const token = await person.token();
    const exported = await relay.during(() => download(relay.origin, token));
    const idle = await relay.during(() => new Promise<void>((done) => setTimeout(done, Math.min(exported.ms, 3_000))));
    const files = unzip(exported.result);
    const startedAt = performance.now();
    for (const file of files) deflateRawSync(file, { level: 6 });
    return figures({ items, exported, idle, files, deflateMs: performance.now() - startedAt });
  },
};

async function download(origin: string, token: string): Promise<Buffer> {
  const answer = await fetch(`${origin}/api/account/export`, { headers: { authorization: `Bearer ${token}` } });
  if (!answer.ok) throw new Error(`The relay answered the export with ${answer.status}: ${await answer.text()}`);
  return Buffer.from(await answer.arrayBuffer());
}

interface Measured {
  readonly items: number;
  readonly exported: Watched<Buffer>;
  readonly idle: Watched<void>;
  readonly files: readonly Buffer[];
  readonly deflateMs: number;
}

function figures({ items, exported, idle, files, deflateMs }: Measured): readonly Figure[] {
  const raw = files.reduce((sum, { length }) => sum + length, 0);
  const { result, loop, others } = exported;
  return [
    {
      what: `everything of an account with ${items} items as one zip`,
      value: `${ms(exported.ms)}, ${bytes(result.length)} of ${bytes(raw)} in ${files.length} files; processor ${ms(exported.cpuMs)}`,
      beside: `deflate alone ${ms(deflateMs)}`,
    },
    {
      what: "longest turn of the relay's event loop meanwhile, processor time",
      value: `${ms(loop.longestTurn)}; late by p99 ${ms(loop.p99)}, max ${ms(loop.max)}`,
      target: `≤ ${mostHeldMs} ms`,
      met: loop.longestTurn <= mostHeldMs,
      beside: `with nothing to do ${ms(idle.loop.longestTurn)}; late by p99 ${ms(idle.loop.p99)}, max ${ms(idle.loop.max)}`,
    },
    {
      what: "somebody else's smallest request meanwhile",
      value: `p50 ${ms(percentile(others, 0.5))}, p99 ${ms(percentile(others, 0.99))}, max ${ms(percentile(others, 1))}`,
      beside: `with nothing to do p50 ${ms(percentile(idle.others, 0.5))}, p99 ${ms(percentile(idle.others, 0.99))}`,
    },
    {
      what: 'memory of the relay process',
      value: `${bytes(exported.peakBytes)} at most, ${bytes(exported.beforeBytes)} before`,
      gate: {
        held: exported.peakBytes - exported.beforeBytes < 150e6 + raw / 4,
        rule: 'grows by less than 150 MB and a quarter of what is exported',
      },
    },
  ];
}
