import { expect, it } from 'vitest';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { settle } from '../../test/manual-clock.ts';
import { openScene } from '../../test/room-scene.ts';

it('[R46] closes a room nobody is in, also when the last to ask for it never got in', async () => {
  let fault: LogFault = 'none';
  let reads = 0;
  const { guest, connect, relay, id, secret, clock } = await openScene({
    fault: (point) => {
      if (point === 'read') reads += 1;
      return fault;
    },
  });
  const [anna, ben] = [await guest('anna'), await connect(relay, 'ben')];
  anna.close();
  await clock.advance(2_000);
  fault = 'fail';
  ben.join(id, { secret });
  await settle();
  ben.close();
  fault = 'none';

  await clock.advance(30_000);
  reads = 0;
  await clock.advance(30_000);

  expect(reads).toBe(0);
});
