import type { PhotosReport, SyncStatus } from '@cacaw/client';

export type SyncTone = 'calm' | 'busy' | 'away' | 'act';

const changes = (count: number): string => (count === 1 ? '1 change' : `${count.toLocaleString()} changes`);
const photosIn = (count: number): string => (count === 1 ? '1 photo' : `${count.toLocaleString()} photos`);

/** `3 changes`, `2 photos`, `3 changes and 2 photos`. */
function both(pending: number, photos: number): string {
  if (photos === 0) return changes(pending);
  return pending === 0 ? photosIn(photos) : `${changes(pending)} and ${photosIn(photos)}`;
}

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

interface Beside {
  readonly now: number;
  /** Photos and files that wait or are on their way. */
  readonly photos: number;
  readonly paused: PhotosReport['paused'];
}

type WordsOf = { readonly [State in SyncStatus['state']]: (status: Extract<SyncStatus, { state: State }>, beside: Beside) => Words };

const words: WordsOf = {
  local: () => ({ text: 'Saved on this device', tone: 'calm' }),
  synced: ({ at }, { now }) => ({ text: `Synced · ${agoText(at, now)}`, tone: 'calm' }),
  sending: ({ pending, received }, { photos, paused }) => {
    if (pending === 0 && paused === 'room') return { text: `Storage full — ${photosIn(photos)} saved here`, tone: 'act' };
    if (pending === 0 && paused === 'metered') return { text: `Metered network — ${photosIn(photos)} saved here`, tone: 'away' };
    const what = both(pending, photos);
    return { text: received ? `Received updates; ${what} still to send` : `Syncing ${what}…`, tone: 'busy' };
  },
  receiving: ({ done, total }) => ({ text: `Receiving ${percent(done, total)} — usable meanwhile`, tone: 'busy' }),
  offline: ({ pending }, { photos }) => ({
    text: pending + photos > 0 ? `Offline — ${both(pending, photos)} saved here` : 'Offline — changes are saved here',
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

/** The chip's words for a state of sync, exactly as the product page lays them down; a photo nobody takes comes before calm. */
export function syncWords(status: SyncStatus, now: number, { onTheirWay, paused }: PhotosReport = { onTheirWay: [], paused: null }): Words {
  const stuck = onTheirWay.filter(({ state }) => state === 'refused' || state === 'lost').length;
  if (stuck > 0 && status.state === 'synced')
    return { text: `${photosIn(stuck)} ${stuck === 1 ? 'was' : 'were'} refused — review`, tone: 'act' };
  const beside = { now, photos: onTheirWay.length - stuck, paused };
  return (words[status.state] as (status: SyncStatus, beside: Beside) => Words)(status, beside);
}

function percent(done: number, total: number): string {
  return total > 0 ? `${Math.min(100, Math.floor((done / total) * 100))} %` : '…';
}
