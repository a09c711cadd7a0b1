import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { openAttacker, type Attacker } from './attacker.ts';
import { doorAttacks } from './door-attacks.ts';
import { tryFace, type Face, type Outcome } from './faces.ts';
import { holes } from './holes.ts';
import { tokenAttacks } from './token-attacks.ts';

let attacker: Attacker;
beforeAll(async () => {
  attacker = await openAttacker(inject('postgresUrl'));
}, 60_000);
afterAll(() => attacker.stop());

const faces: readonly Face[] = ['http', 'native', 'stock'];
/** What a face says to who proves nothing: signed out, not from there, not readable, or not there. */
const refusals: readonly Outcome[] = [400, 401, 403, 4400, 4401, 4404];

describe('token attacks', () => {
  it('[I10] what is not forged is believed, so that the refusals below mean something', async () => {
    const { doors, victim, forge, claims } = attacker;
    const tries: readonly (readonly [Face, Parameters<typeof tryFace>[2]])[] = [
      ...faces.map((face) => [face, { token: victim.token }] as const),
      ...faces.map((face) => [face, { token: victim.token, headers: { origin: '' } }] as const),
      ['http', { token: await forge.sign(claims) }],
      ['http', { headers: { cookie: victim.cookie } }],
      ['stock', { headers: { cookie: victim.cookie } }],
    ];

    const outcomes = await Promise.all(tries.map(([face, presented]) => tryFace(face, doors, presented)));

    expect(outcomes).toEqual(tries.map(() => 'in'));
    expect(tokenAttacks.length).toBeGreaterThan(50);
  });

  it('[I12] every attack names a defence that can be switched off', () => {
    const known = holes.map(({ defence }) => defence);

    expect([...tokenAttacks, ...doorAttacks].filter(({ defence }) => !known.includes(defence)).map(({ name }) => name)).toEqual([]);
  });

  it.each(tokenAttacks.map((attack) => [attack.name, attack.defence, attack] as const))(
    '[I10] %s is refused on every face (defence: %s)',
    async (_name, _defence, { present }) => {
      const { doors = attacker.doors, ...presented } = await present(attacker);

      const outcomes = await Promise.all(faces.map((face) => tryFace(face, doors, presented)));

      for (const outcome of outcomes) expect(refusals).toContain(outcome);
      expect(attacker.bait.asked()).toBe(0);
      expect(attacker.world.faults).toEqual([]);
    },
  );
});

describe('what is good once', () => {
  it.each(doorAttacks.map((attack) => [attack.name, attack.defence, attack] as const))(
    '[I11] %s is refused (defence: %s)',
    async (_name, _defence, { attempt }) => {
      const status = await attempt(attacker);

      expect([400, 401, 403]).toContain(status);
      expect(attacker.world.faults).toEqual([]);
    },
  );
});
