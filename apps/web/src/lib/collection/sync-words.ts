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

/** The chip's words for a state of sync, exactly as the product page lays them down. */
export function syncWords(status: SyncStatus, now: number): { readonly text: string; readonly tone: SyncTone } {
  switch (status.state) {
    case 'local':
      return { text: 'Saved on this device', tone: 'calm' };
    case 'synced':
      return { text: `Synced · ${agoText(status.at, now)}`, tone: 'calm' };
    case 'sending':
      return status.received
        ? { text: `Received updates; ${changes(status.pending)} still to send`, tone: 'busy' }
        : { text: `Syncing ${changes(status.pending)}…`, tone: 'busy' };
    case 'receiving':
      return { text: `Receiving ${percent(status.done, status.total)} — usable meanwhile`, tone: 'busy' };
    case 'offline':
      return {
        text: status.pending > 0 ? `Offline — ${changes(status.pending)} saved here` : 'Offline — changes are saved here',
        tone: 'away',
      };
    case 'unreachable':
      return { text: "Can't reach the server — saved here, retrying", tone: 'away' };
    case 'signed-out':
      return { text: 'Sign in again to sync (your work is safe here)', tone: 'act' };
    case 'view-only':
      return { text: 'View only', tone: 'calm' };
    case 'refused':
      return { text: `${status.count === 1 ? '1 change was' : `${status.count} changes were`} refused — review`, tone: 'act' };
  }
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))} %` : '…';
}
