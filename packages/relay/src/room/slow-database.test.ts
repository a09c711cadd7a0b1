import { expect, it } from 'vitest';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { settle } from '../../test/manual-clock.ts';
import { openScene } from '../../test/room-scene.ts';

it('[R30] refuses with busy what piles up behind a database that says nothing, beyond 64 MiB', async () => {
  let fault: LogFault = 'none';
  const { guest, id } = await openScene({ fault: () => fault });
  const people = await Promise.all(['anna', 'ben', 'carl', 'dora'].map((name) => guest(name)));
  const bytes = new Uint8Array(1024 * 1024);

  fault = 'hang';
  for (const [at, person] of people.entries()) {
    for (let ref = 1; ref <= 20; ref += 1) person.push(id, { writer: 70 + at, ref, document: 'root.0', bytes });
  }
  await settle();

  const refused = people.flatMap((person) => person.of('refused').map((one) => one['kind']));
  expect(new Set(refused)).toEqual(new Set(['busy']));
  expect(refused.length).toBeGreaterThanOrEqual(14);
  expect(refused.length).toBeLessThanOrEqual(16);
});
