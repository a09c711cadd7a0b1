import { median, ms, percentile, spread, type Figure } from '../figure.ts';
import { startEcho } from '../lab/echo.ts';
import { timeInserts } from '../lab/insert.ts';
import type { Visit } from '../lab/browser.ts';
import type { Scenario } from '../scenario.ts';

/** An edit is committed in PostgreSQL and seen in another browser before a person has moved their hand. */
export const roundTrip: Scenario = {
  name: 'round-trip',
  about: 'Two browser processes, a relay process, PostgreSQL with fsync, all on this machine; one edit after the other.',
  note: 'No timer and no batching stands in this way: an edit is sent when it is kept (P2), told as synced when the relay has committed it and its confirmation is stored, and shown elsewhere when it is stored there. So three IndexedDB transactions, two database trips and one flush to disk follow one another in five processes, which here share two cores.',
  async run(lab) {
    const relay = await lab.relay();
    const count = lab.isQuick ? 60 : 300;
    const { collection, profile } = await lab.filled(lab.isQuick ? 1_000 : 10_000);
    await using writer = await lab.visit(profile);
    await using reader = await lab.visit(lab.newProfile());
    const link = await relay.makeLink(collection);
    const item = await writer.call('join', relay.origin, link);
    await reader.call('join', relay.origin, link);
    await reader.call('watchEdits', item);
    await writer.call('timeSynced', item, { from: 1_000, count: 10, pauseMs: 10 });
    const edits = await writer.call('timeSynced', item, { from: 2_000, count, pauseMs: 10 });
    const [here, there, ahead] = [await writer.call('whatWasSeen'), await reader.call('whatWasSeen'), await aheadOf(reader, writer)];
    await using echo = await startEcho();
    const [echoes, inserts] = [await writer.call('timeEcho', echo.url, count), await timeInserts(relay.databaseUrl, count)];

    // Two edits that arrive together are seen together.
    const seenAt = new Map(
      edits.flatMap(({ n }) =>
        there.seen
          .filter(([shown]) => shown >= n)
          .slice(0, 1)
          .map(([, at]) => [n, at - ahead] as const),
      ),
    );
    const synced = edits.map((one) => one.syncedAt - one.startedAt);
    const seen = edits.flatMap((one) => (seenAt.has(one.n) ? [(seenAt.get(one.n) ?? 0) - one.startedAt] : []));
    const kept = edits.map((one) => one.keptAt - one.startedAt);
    const between = (from: number, to: number, direction: 'sent' | 'received', frames = here.frames): number[] =>
      frames.filter((one) => one.direction === direction && one.at >= from && one.at <= to).map((one) => one.at);
    const parts = edits.map((one) => {
      const sentAt = between(one.startedAt, one.syncedAt, 'sent')[0] ?? Number.NaN;
      const ackedAt = between(sentAt, one.syncedAt, 'received')[0] ?? Number.NaN;
      const arrivedAt = between(sentAt + ahead, (seenAt.get(one.n) ?? 0) + ahead, 'received', there.frames)[0] ?? Number.NaN;
      return {
        toSend: sentAt - one.keptAt,
        toAck: ackedAt - sentAt,
        toReport: one.syncedAt - ackedAt,
        toArrive: arrivedAt - ahead - ackedAt,
        toShow: (seenAt.get(one.n) ?? 0) + ahead - arrivedAt,
      };
    });
    const part = (name: keyof (typeof parts)[number]): string =>
      ms(median(parts.map((one) => one[name]).filter((one) => !Number.isNaN(one))));
    const beside = `bare insert + commit ${spread(inserts, 0.99)}; bare WebSocket echo ${spread(echoes, 0.99)}`;
    return [
      timeFigure('edit → synced', synced, beside),
      timeFigure('edit → seen by the other browser', seen, beside),
      {
        what: 'parts of it (medians)',
        value: `kept ${ms(median(kept))}, then sent ${part('toSend')}, ack ${part('toAck')}, confirmed and told ${part('toReport')}; there: frame ${part('toArrive')} after the ack, shown ${part('toShow')} later`,
      },
      {
        what: 'edits seen by the other browser',
        value: `${seen.length} of ${edits.length}`,
        target: 'all',
        gate: { held: seen.length === edits.length, rule: 'every edit is seen by the other browser' },
      },
    ];
  },
};

const timeFigure = (what: string, samples: readonly number[], beside: string): Figure => ({
  what,
  value: spread(samples, 0.99),
  target: 'p50 ≤ 15 ms, p99 ≤ 60 ms',
  met: median(samples) <= 15 && percentile(samples, 0.99) <= 60,
  beside,
});

/** How far one page's clock is ahead of another's, as good as the quickest of ten questions tells. */
async function aheadOf(one: Visit, other: Visit): Promise<number> {
  return (await offsetOf(one)) - (await offsetOf(other));
}

async function offsetOf(page: Visit): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, offset: 0 };
  for (let n = 0; n < 20; n += 1) {
    const startedAt = performance.now();
    const at = await page.call('clock');
    const tripMs = performance.now() - startedAt;
    if (tripMs < best.tripMs) best = { tripMs, offset: at - (performance.timeOrigin + startedAt + tripMs / 2) };
  }
  return best.offset;
}
