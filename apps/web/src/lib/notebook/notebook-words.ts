import type { FreeStatus, Notebook } from '@cacaw/client/notebook';

type LinkStatus = Notebook['status']['link'];
type Words = { readonly [State in LinkStatus['state']]: (status: LinkStatus) => string };

const words: Words = {
  local: () => 'Saved on this device',
  synced: () => 'Synced',
  sending: () => 'Syncing…',
  offline: ({ pending }) => (pending > 0 ? 'Offline — changes are saved here' : 'Offline'),
  unreachable: () => "Can't reach the server — saved here, retrying",
  connecting: ({ pending }) => (pending > 0 ? 'Saved on this device, connecting…' : 'Connecting…'),
  stopped: (status) => `Not synced: ${reasonOf(status as FreeStatus)}. Saved on this device.`,
};

const reasonOf = (status: FreeStatus): string => (status.state === 'stopped' && status.reason) || 'the server closed the page';

/** How the notebook stands, in the chip's tone. */
export function notebookWords({ status, isSuperseded }: Pick<Notebook, 'status' | 'isSuperseded'>): string {
  if (status.device.state === 'opening') return 'Opening…';
  if (status.device.state === 'unkept') return `What you type is not kept on this device: ${status.device.reason}`;
  if (isSuperseded) return 'The server made this page anew. Save yours as Markdown, then open the collection again.';
  return words[status.link.state](status.link);
}
