import type { DeviceReport } from './cacaw.ts';
import type { LinkState } from './link.ts';
import type { NetworkChoice } from './network-mode.ts';

/** How the device as a whole stands with the relay, by what the person chose and how the link is. */
export function describeDevice(choice: NetworkChoice, link: LinkState): DeviceReport {
  if (choice !== 'sync') return { network: 'local', connection: 'local' };
  return { network: 'sync', connection: describeConnection(link) };
}

function describeConnection(link: LinkState): DeviceReport['connection'] {
  if (link.state === 'stopped') return link.why === 'signed-out' ? 'signed-out' : 'refused';
  if (link.state === 'failing') return 'unreachable';
  return link.state === 'closed' ? 'connecting' : link.state;
}
