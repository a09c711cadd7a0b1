import { expect, it } from 'vitest';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene } from '../../test/room-scene.ts';
import { updateFrame } from './messages.ts';

it('[Y4] sends a client away when the database cannot say what its edit builds on, and takes the edit when it comes back', async () => {
  let fault: LogFault = 'none';
  const { relay, id, secret, rows } = await openScene({ fault: () => fault });
  const come = (): { readonly send: (frame: Uint8Array) => void; readonly codes: number[] } => {
    const { near, far } = createWirePair();
    const codes: number[] = [];
    near.onClose((code) => codes.push(code));
    relay.acceptStock(far, { collection: id, base: 'free.notebook', secret });
    return { send: (frame) => near.send(frame), codes };
  };
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
