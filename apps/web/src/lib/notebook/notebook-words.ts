import type { Notebook } from '@cacaw/client/notebook';

/** How the notebook stands, in the chip's tone. */
export function notebookWords({ status, isSuperseded }: Notebook): string {
  const { device, link } = status;
  if (device.state === 'opening') return 'Opening…';
  if (device.state === 'unkept') return `What you type is not kept on this device: ${device.reason}`;
  if (isSuperseded) return 'The server made this page anew. Save yours as Markdown, then open the collection again.';
  const waiting = link.pending > 0;
  switch (link.state) {
    case 'local':
      return 'Saved on this device';
    case 'synced':
      return 'Synced';
    case 'sending':
      return 'Syncing…';
    case 'offline':
      return waiting ? 'Offline — changes are saved here' : 'Offline';
    case 'unreachable':
      return "Can't reach the server — saved here, retrying";
    case 'connecting':
      return waiting ? 'Saved on this device, connecting…' : 'Connecting…';
    case 'stopped':
      return `Not synced: ${link.reason || `the server closed the page (${link.code})`}. Saved on this device.`;
  }
}
