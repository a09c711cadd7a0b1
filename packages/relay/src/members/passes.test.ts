import { newCollectionId } from '@cacaw/protocol';
import { expect, it } from 'vitest';
import { createManualClock } from '../../test/manual-clock.ts';
import { systemRandom } from '../adapters/system-clock.ts';
import { createPasses, passIn, passSeconds } from './passes.ts';
import { guestOf } from './roles.ts';

const [here, there] = [newCollectionId(systemRandom), newCollectionId(systemRandom)];
const [device, other] = [guestOf(systemRandom.bytes(32)), guestOf(systemRandom.bytes(32))];
const key = systemRandom.bytes(32);

it('[A25] a pass is of one device and one collection for a quarter of an hour, at every relay of the same key', async () => {
  const clock = createManualClock();
  const pass = createPasses(key, clock).give(device, here);

  expect(createPasses(key, clock).read(pass, here)).toMatchObject({ account: device, kind: 'guest' });
  expect(createPasses(key, clock).read(pass, there)).toBeUndefined();
  expect(createPasses(systemRandom.bytes(32), clock).read(pass, here)).toBeUndefined();
  await clock.advance(passSeconds * 1000);
  expect(createPasses(key, clock).read(pass, here)).toBeUndefined();
});

it('[A25] a pass that was changed in any of its characters proves nothing', () => {
  const passes = createPasses(key, createManualClock());
  const pass = passes.give(device, here);
  const changed = Array.from(pass, (one, at) => `${pass.slice(0, at)}${one === 'a' ? 'b' : 'a'}${pass.slice(at + 1)}`);

  for (const one of [...changed, pass.replace(device, other), `${pass}a`, pass.slice(0, -1), ''])
    expect(passes.read(one, here), one).toBeUndefined();
});

it('[A25] a pass is a bearer token and nothing else', () => {
  const inHeader = (authorization: string): string | undefined => passIn(new Headers({ authorization }));

  expect([inHeader('Bearer pass.x'), inHeader('bearer pass.x')]).toEqual(['pass.x', 'pass.x']);
  for (const one of ['pass.x', 'Basic pass.x', 'Bearer x.pass.y', 'Bearer']) expect(inHeader(one), one).toBeUndefined();
});
