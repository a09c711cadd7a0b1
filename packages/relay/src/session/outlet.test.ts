import { expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { createOutlet, type Outlet } from './outlet.ts';

/** An outlet to somebody who reads nothing. */
function unreadOutlet(): Outlet {
  let buffered = 0;
  const wire = {
    get buffered() {
      return buffered;
    },
    send: (frame: Uint8Array) => void (buffered += frame.length),
    close: () => undefined,
    onFrame: () => undefined,
    onClose: () => undefined,
  };
  return createOutlet({ wire, clock: createManualClock(), onQuiet: () => undefined, onClosed: () => undefined });
}

it('[R11] closes who leaves answers unread as it does for the live tail, and waits for who leaves pages unread', () => {
  const frame = { frames: [new Uint8Array(1024 * 1024)], uses: [] };
  const [answered, paged] = [unreadOutlet(), unreadOutlet()];

  for (let index = 0; index < 6; index += 1) {
    answered.send(frame.frames);
    paged.sendPage(frame);
  }

  expect([answered.isClosed, paged.isClosed, paged.isBehind]).toEqual([true, false, true]);
});
