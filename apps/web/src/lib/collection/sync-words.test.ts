import type { PhotosReport, SyncStatus } from '@cacaw/client';
import type { BlobHash } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { onlyHereText } from './only-here-text.ts';
import { agoText, syncWords } from './sync-words.ts';

const now = Date.parse('2026-11-22T15:00:00Z');

test('[W23] the chip says each state in the words of the product', () => {
  const said: readonly (readonly [SyncStatus, string])[] = [
    [{ state: 'local' }, 'Saved on this device'],
    [{ state: 'synced', at: now }, 'Synced · just now'],
    [{ state: 'sending', pending: 3, received: false }, 'Syncing 3 changes…'],
    [{ state: 'sending', pending: 2, received: true }, 'Received updates; 2 changes still to send'],
    [{ state: 'receiving', done: 30, total: 120 }, 'Receiving 25 % — usable meanwhile'],
    [{ state: 'offline', pending: 0 }, 'Offline — changes are saved here'],
    [{ state: 'offline', pending: 1 }, 'Offline — 1 change saved here'],
    [{ state: 'unreachable', pending: 4 }, "Can't reach the server — saved here, retrying"],
    [{ state: 'signed-out', pending: 0 }, 'Sign in again to sync (your work is safe here)'],
    [{ state: 'view-only' }, 'View only'],
    [{ state: 'refused', count: 1 }, '1 change was refused — review'],
    [{ state: 'refused', count: 2 }, '2 changes were refused — review'],
  ];
  for (const [status, text] of said) expect(syncWords(status, now).text).toBe(text);
});

test('[W23] photos on their way are counted beside changes, and what holds them up is said', () => {
  const photo = (state: 'waiting' | 'refused') => ({ hash: 'a' as BlobHash, use: 'photo', items: [], state, bytes: 1, sent: 0 }) as const;
  const waiting = { onTheirWay: [photo('waiting'), photo('waiting')], paused: null };
  const sending = { state: 'sending', pending: 0, received: false } as const;
  const said: readonly (readonly [SyncStatus, PhotosReport, string])[] = [
    [sending, waiting, 'Syncing 2 photos…'],
    [{ ...sending, pending: 3 }, waiting, 'Syncing 3 changes and 2 photos…'],
    [{ state: 'offline', pending: 1 }, waiting, 'Offline — 1 change and 2 photos saved here'],
    [sending, { ...waiting, paused: 'room' }, 'Storage full — 2 photos saved here'],
    [sending, { ...waiting, paused: 'metered' }, 'Metered network — 2 photos saved here'],
    [{ state: 'synced', at: now }, { onTheirWay: [photo('refused')], paused: null }, '1 photo was refused — review'],
  ];
  for (const [status, photos, text] of said) expect(syncWords(status, now, photos).text).toBe(text);
});

test('[W23] time since the last sync grows coarser as it passes', () => {
  expect(agoText(now - 59_000, now)).toBe('just now');
  expect(agoText(now - 5 * 60_000, now)).toBe('5 min ago');
  expect(agoText(now - 3 * 86_400_000, now)).toMatch(/2026/);
});

test('[W31] of what no server has it is said when that changes, and not that it never does', () => {
  expect(onlyHereText(false)).toBe('This collection is only on this device, until you share it or take it into an account.');
  expect(onlyHereText(true)).toBe('This collection is only on this device so far.');
});
