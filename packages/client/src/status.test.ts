import type { CollectionId } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import type { SyncReport } from './cacaw.ts';
import { createStatusReporter, type StatusFacts, type StatusReporter } from './status.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly reporter: StatusReporter;
  readonly reports: SyncReport[];
}

function scene(): Scene {
  const clock = new ManualClock();
  const reports: SyncReport[] = [];
  const reporter = createStatusReporter({ collection: 'A'.repeat(22) as CollectionId, clock, emit: (report) => reports.push(report) });
  return { clock, reporter, reports };
}

const live: StatusFacts = {
  link: { state: 'open' },
  phase: 'live',
  gone: undefined,
  role: 'editor',
  isTooOld: false,
  pending: 0,
  refused: 0,
  received: { done: 0, total: 0 },
};
const failing: StatusFacts['link'] = { state: 'failing', failures: 1 };

describe('the state', () => {
  it('[L30] is synced only when connected, caught up and nothing is pending', () => {
    const { clock, reporter } = scene();

    reporter.update({ ...live, phase: 'joining' });
    expect(reporter.report.status.state).not.toBe('synced');
    reporter.update(live);
    expect(reporter.report.status).toEqual({ state: 'synced', at: clock.now() });
    reporter.update({ ...live, pending: 2 });
    expect(reporter.report.status).toEqual({ state: 'sending', pending: 2, received: false });
  });

  it('[L30] counts what is received, and says when only sending is left', () => {
    const { reporter } = scene();

    reporter.update({ ...live, phase: 'pulling', pending: 2, received: { done: 3, total: 9 } });
    expect(reporter.report.status).toEqual({ state: 'receiving', done: 3, total: 9 });
    reporter.update({ ...live, pending: 2 });
    expect(reporter.report.status).toEqual({ state: 'sending', pending: 2, received: true });
    reporter.update({ ...live, pending: 0 });
    reporter.update({ ...live, pending: 1 });
    expect(reporter.report.status).toEqual({ state: 'sending', pending: 1, received: false });
  });

  it.each<[Partial<StatusFacts>, SyncReport['status']]>([
    [
      { link: { state: 'offline' }, pending: 3 },
      { state: 'offline', pending: 3 },
    ],
    [
      { link: { state: 'stopped', why: 'signed-out', code: 4401 }, pending: 3, refused: 1 },
      { state: 'signed-out', pending: 3 },
    ],
    [{ link: { state: 'stopped', why: 'outdated', code: 4426 } }, { state: 'unreachable', pending: 0 }],
    [
      { refused: 2, pending: 1 },
      { state: 'refused', count: 2 },
    ],
    [{ role: 'viewer' }, { state: 'view-only' }],
    [{ gone: 'unknown' }, { state: 'unreachable', pending: 0 }],
    [{ gone: 'deleted' }, { state: 'local' }],
    [
      { isTooOld: true, pending: 1 },
      { state: 'unreachable', pending: 1 },
    ],
  ])('[L30] is told from the facts %j', (facts, status) => {
    const { reporter } = scene();

    reporter.update({ ...live, ...facts });

    expect(reporter.report.status).toEqual(status);
  });
});

describe('a relay out of reach', () => {
  it('[L31] is told only after some seconds', async () => {
    const { clock, reporter } = scene();
    reporter.update(live);
    reporter.update({ ...live, link: failing, phase: 'apart' });

    await clock.advance(4999);
    expect(reporter.report.status.state).toBe('synced');
    await clock.advance(1);
    expect(reporter.report.status).toEqual({ state: 'unreachable', pending: 0 });
  });

  it('[L31] is not mentioned when it was a blip', async () => {
    const { clock, reporter, reports } = scene();
    reporter.update(live);
    reporter.update({ ...live, link: failing, phase: 'apart' });
    await clock.advance(4000);
    reporter.update(live);

    await clock.advance(60_000);

    expect(reports.every(({ status }) => status.state === 'synced')).toBe(true);
  });

  it('[L31] still shows what is waiting here', () => {
    const { reporter } = scene();
    reporter.update(live);

    reporter.update({ ...live, link: failing, phase: 'apart', pending: 4 });

    expect(reporter.report).toMatchObject({ status: { state: 'sending', pending: 4 }, pending: 4 });
  });
});

describe('reports', () => {
  it('[L32] come only when something changed', () => {
    const { reporter, reports } = scene();

    for (let times = 0; times < 5; times += 1) reporter.update({ ...live, received: { done: 0, total: 0 } });

    expect(reports).toHaveLength(1);
  });

  it('[L32] carry the last 50 events, merges of one minute in one line', async () => {
    const { clock, reporter } = scene();
    reporter.update(live);
    for (let event = 0; event < 80; event += 1) reporter.note('info', `event ${event}`);
    reporter.merged(1);
    reporter.merged(4);
    await clock.advance(61_000);
    reporter.merged(1);

    const { log } = reporter.report;

    expect(log).toHaveLength(50);
    expect(log.slice(-3).map(({ kind, text }) => [kind, text])).toEqual([
      ['info', 'event 79'],
      ['merged', '5 changes of others merged'],
      ['merged', '1 change of others merged'],
    ]);
  });

  it('[L32] stop when it is closed, timers included', async () => {
    const { clock, reporter, reports } = scene();
    reporter.update({ ...live, link: failing });

    reporter.close();
    await clock.advance(60_000);
    reporter.note('info', 'too late');

    expect(reports).toHaveLength(1);
  });
});
