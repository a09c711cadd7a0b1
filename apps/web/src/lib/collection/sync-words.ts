import type { SyncStatus } from '@cacaw/client';

export type SyncTone = 'calm' | 'busy' | 'away' | 'act';

const changes = (count: number): string => (count === 1 ? '1 change' : `${count.toLocaleString()} changes`);

/** How long ago, as the chip says it: `just now`, `5 min ago`, `14:03`, or the date. */
export function agoText(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const when = new Date(at);
  const today = new Date(now).toDateString() === when.toDateString();
  return today ? when.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' }) : when.toLocaleDateString();
}

interface Words {
  readonly text: string;
  readonly tone: SyncTone;
}

type WordsOf = { readonly [State in SyncStatus['state']]: (status: Extract<SyncStatus, { state: State }>, now: number) => Words };

const words: WordsOf = {
  local: () => ({ text: 'Saved on this device', tone: 'calm' }),
  synced: ({ at }, now) => ({ text: `Synced · ${agoText(at, now)}`, tone: 'calm' }),
  sending: ({ pending, received }) => ({
    text: received ? `Received updates; ${changes(pending)} still to send` : `Syncing ${changes(pending)}…`,
    tone: 'busy',
  }),
  receiving: ({ done, total }) => ({ text: `Receiving ${percent(done, total)} — usable meanwhile`, tone: 'busy' }),
  offline: ({ pending }) => ({
    text: pending > 0 ? `Offline — ${changes(pending)} saved here` : 'Offline — changes are saved here',
    tone: 'away',
  }),
  unreachable: () => ({ text: "Can't reach the server — saved here, retrying", tone: 'away' }),
  'signed-out': () => ({ text: 'Sign in again to sync (your work is safe here)', tone: 'act' }),
  'view-only': () => ({ text: 'View only', tone: 'calm' }),
  refused: ({ count }) => ({
    text: `${count === 1 ? '1 change was' : `${count.toLocaleString()} changes were`} refused — review`,
    tone: 'act',
  }),
};

/** The chip's words for a state of sync, exactly as the product page lays them down. */
export function syncWords(status: SyncStatus, now: number): Words {
  return (words[status.state] as (status: SyncStatus, now: number) => Words)(status, now);
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))} %` : '…';
}
