import type { Device } from '@cacaw/core/device';
import type { Clock, CollectionId } from '@cacaw/protocol';
import { ShareError } from './faults.ts';
import type { SyncClient } from './sync-client.ts';

/** How long a link may take to show anything before the person is told that the server does not answer. */
const linkPatienceMs = 20_000;

/** Settles when a collection's root has arrived, or the relay has said that there is none for us. */
export function whenShown(
  collection: CollectionId,
  { device, sync, clock }: { readonly device: Device; readonly sync: SyncClient; readonly clock: Clock },
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stops = [
    device.onRows((change) => {
      if (change.collection === collection && change.root && change.root.name !== '') resolve();
    }),
    sync.onGone((gone) => {
      if (gone === collection)
        reject(new ShareError('unknown-link', 'There is no such collection, or the link is no longer valid. Ask for a new link.'));
    }),
    clock.after(linkPatienceMs, () => reject(new ShareError('unreachable', 'The server could not be reached. Open the link again later.'))),
  ];
  return promise.finally(() => {
    for (const stop of stops) stop();
  });
}
