import { expect, it } from 'vitest';
import type { MemberId } from '@cacaw/protocol';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene, type Scene } from '../../test/room-scene.ts';
import { updateFrame } from './messages.ts';

type Visit = ReturnType<typeof visit>;

/** A stock client at the notebook. */
function visit({ relay, id, secret }: Pick<Scene, 'relay' | 'id' | 'secret'>): {
  readonly send: (frame: Uint8Array) => void;
  readonly leave: () => void;
  readonly codes: readonly number[];
} {
  const { near, far } = createWirePair();
  const codes: number[] = [];
  near.onClose((code) => codes.push(code));
  relay.acceptStock(far, { collection: id, base: 'free.notebook', secret });
  return { send: (frame) => near.send(frame), leave: () => near.close(1000, ''), codes };
}

it('[Y4] sends a client away when the database cannot say what its edit builds on, and takes the edit when it comes back', async () => {
  let fault: LogFault = 'none';
  const { relay, id, secret, rows } = await openScene({ fault: () => fault });
  const come = (): Visit => visit({ relay, id, secret });
  const edit = updateFrame(new RegisterWriter(5).change((doc) => doc.getText('t').insert(0, 'Milk')));
  const before = come();
  await settle();

  fault = 'fail';
  before.send(edit);
  await settle();
  fault = 'none';
  const after = come();
  after.send(edit);
  await settle();

  expect(before.codes).toEqual([4503]);
  expect(after.codes).toEqual([]);
  expect(rows()).toHaveLength(1);
});

it('[R37] lets nobody stay at a free document who was removed while coming in', async () => {
  let onRead = (): void => undefined;
  const { relay, id, secret, access, clock } = await openScene({
    fault: (point) => {
      if (point === 'read') onRead();
      return 'none';
    },
  });
  const first = visit({ relay, id, secret });
  await settle();
  first.leave();
  await clock.advance(15_000);
  onRead = () => {
    onRead = () => undefined;
    access.setRole(id, 1 as MemberId, 'none');
  };

  const second = visit({ relay, id, secret });
  await clock.advance(3_000);

  expect(second.codes).toEqual([4401]);
});

it('[R46] closes a free document whose only visitor left before it was open', async () => {
  let reads = 0;
  const { relay, id, secret, clock } = await openScene({
    fault: (point) => {
      if (point === 'read') reads += 1;
      return 'none';
    },
  });
  visit({ relay, id, secret }).leave();
  await clock.advance(30_000);
  reads = 0;

  await clock.advance(30_000);

  expect(reads).toBe(0);
});
