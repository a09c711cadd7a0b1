import { readFileSync } from 'node:fs';
import { createSystemRandom } from '@cacaw/client';
import { defaultPageBytes, newCollectionId } from '@cacaw/protocol';
import { inventoryCommands } from '@cacaw/testkit';
import { bytes, median, ms, type Figure } from '../figure.ts';
import type { Visit } from '../lab/browser.ts';
import { NodeDevice } from '../lab/node-device.ts';
import type { Scenario } from '../scenario.ts';

const mostBytesPerItem = 120;

/** A collection opened by link in an empty browser is usable long before it is whole. */
export const firstSync: Scenario = {
  name: 'first-sync',
  about: 'An empty browser opens a link; the relay holds the collection; the engine in its worker, a list and a search open in the page.',
  note: "The items are made of a few hundred words and compress better than a person's would; before they are deflated the updates are 14.7 MB. Memory is what the operating system counts for the page's processes, the browser's own code and caches included.",
  async run(lab) {
    const items = lab.isQuick ? 10_000 : 100_000;
    const relay = await lab.relay();
    const collection = newCollectionId(createSystemRandom());
    await using owner = await NodeDevice.open(relay.origin);
    await owner.run(inventoryCommands({ collection, items }));
    const shared = await owner.share(collection, relay);
    await owner.connect();
    lab.log(`${items} items are with the relay`);
    const link = `${relay.origin}/c/${collection}#${Buffer.from(shared.secret).toString('base64url')}`;
    await using one = await lab.visit(lab.newProfile());
    const whole = await one.call('arrive', relay.origin, link, undefined);
    const memory = await memoryOf(one);
    await using other = await lab.visit(lab.newProfile());
    const cut = await other.call('arrive', relay.origin, link, Math.ceil(whole.receivedBytes / 3));
    const most = mostBytesPerItem * items;
    return [
      {
        what: `first sync of ${items} items: received`,
        value: bytes(whole.receivedBytes),
        target: `≤ ${bytes(most)}`,
        gate: { held: whole.receivedBytes <= most, rule: `first sync receives ≤ ${mostBytesPerItem} B an item` },
      },
      { what: 'first rows listed after', value: ms(whole.firstRowsMs), target: '≤ 4 s', met: whole.firstRowsMs <= 4_000 },
      { what: 'everything stored and synced after', value: ms(whole.syncedMs), beside: `${whole.progressReports} progress reports` },
      {
        what: 'items listed',
        value: `${whole.listed}; ${cut.listed} when cut`,
        target: String(items),
        gate: { held: whole.listed === items && cut.listed === items, rule: `all ${items} items are listed` },
      },
      {
        what: 'searches answered meanwhile',
        value:
          whole.searchesMeanwhile.length === 0
            ? 'none'
            : `${whole.searchesMeanwhile.length}, median ${ms(median(whole.searchesMeanwhile))}`,
        target: items === 100_000 ? 'usable' : undefined,
      },
      {
        what: 'longest task of the page’s main thread',
        value: whole.longestTaskMs === 0 ? '< 50 ms' : ms(whole.longestTaskMs),
        target: '≤ 50 ms',
        met: whole.longestTaskMs <= 50,
      },
      { what: 'memory of the browser’s page processes afterwards', value: bytes(memory) },
      cutFigure(cut.cuts, cut.receivedBytes - whole.receivedBytes),
    ];
  },
};

/** A page under way is lost with the connection; everything before it is stored. */
function cutFigure(cuts: number, more: number): Figure {
  const most = cuts * defaultPageBytes;
  return {
    what: `the same, cut ${cuts} times on the way`,
    value: `${bytes(Math.max(0, more))} received twice`,
    target: `≤ a page for each cut (${bytes(most)})`,
    gate: { held: cuts > 0 && more <= most, rule: 'a cut costs a first sync at most one page' },
  };
}

/** Resident memory of the renderers of one browser. */
async function memoryOf({ context }: Visit): Promise<number> {
  const session = await context.browser()?.newBrowserCDPSession();
  if (session === undefined) return Number.NaN;
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  return processInfo.filter(({ type }) => type === 'renderer').reduce((sum, { id }) => sum + residentBytes(id), 0);
}

function residentBytes(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) * 1024;
}
