import { argon2Sync } from 'node:crypto';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { expect, it } from 'vitest';
import { systemRandom } from '../adapters/system-clock.ts';
import { argonCost, createPasswordHash } from './password-hash.ts';

const passwords = createPasswordHash(systemRandom);

it('[U30] a password is hashed with argon2id at 46 MiB under a fresh salt, in the form everybody reads', async () => {
  const [one, two] = [await passwords.hash('correct horse'), await passwords.hash('correct horse')];

  expect(one).toMatch(/^\$argon2id\$v=19\$m=47104,t=1,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  expect(one).not.toBe(two);
  const [, , , , salt = '', tag] = one.split('$');
  const expected = argon2Sync('argon2id', { message: 'correct horse', nonce: Buffer.from(salt, 'base64'), tagLength: 32, ...argonCost });
  expect(tag).toBe(expected.toString('base64').replace(/=+$/, ''));
});

it('[U30] only the same password is right, however a keyboard composes its letters', async () => {
  const hash = await passwords.hash('Gl\u00fchwürmchen');

  expect(await passwords.verify(hash, 'Glu\u0308hwürmchen')).toBe(true);
  expect(await passwords.verify(hash, 'glühwürmchen')).toBe(false);
  for (const broken of ['', 'x', hash.slice(0, -1), hash.replace('argon2id', 'argon2i'), '$argon2id$v=19$m=99999999,t=1,p=1$a$b'])
    expect(await passwords.verify(broken, 'Glühwürmchen'), broken).toBe(false);
});

it('[U31] ten people who sign in at once do not hold up the event loop', async () => {
  const hash = await passwords.hash('correct horse');
  const begun = performance.now();
  argon2Sync('argon2id', { message: 'correct horse', nonce: Buffer.alloc(16), tagLength: 32, ...argonCost });
  const oneMs = performance.now() - begun;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();

  const right = await Promise.all(Array.from({ length: 10 }, () => passwords.verify(hash, 'correct horse')));

  delay.disable();
  expect(right).toEqual(Array.from({ length: 10 }, () => true));
  // Its own work would show in every sample as at least one of them; a busy machine shows in a few.
  expect(delay.percentile(90) / 1e6).toBeLessThan(oneMs / 2);
});
