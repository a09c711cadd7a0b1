import { describe, expect, it } from 'vitest';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair, NativeClient } from '../../test/native-client.ts';
import { openScene, type Scene } from '../../test/room-scene.ts';
import { TokenAuthenticator } from '../../test/token-authenticator.ts';
import type { SignInId } from '../ports/authenticator.ts';

const hourMs = 3_600_000;

interface Tenants extends Scene {
  readonly authenticator: TokenAuthenticator;
  readonly native: (token: string) => Promise<NativeClient>;
  /** A stock connection at the notebook; how it was closed, once it was. */
  readonly stock: (token: string) => Promise<{ readonly closed: () => number | undefined }>;
}

async function open(): Promise<Tenants> {
  const authenticator = new TokenAuthenticator();
  const scene = await openScene({ authenticator });
  const { relay } = scene;
  return {
    ...scene,
    authenticator,
    async native(token) {
      const { near, far } = createWirePair();
      relay.accept(far);
      const client = new NativeClient(near);
      client.helloWith({ kind: 'bearer', token });
      await settle();
      return client;
    },
    async stock(token) {
      const { near, far } = createWirePair();
      let code: number | undefined;
      near.onClose((closed) => (code = closed));
      relay.acceptStock(far, { collection: scene.id, base: 'free.notebook', token });
      await settle();
      return { closed: () => code };
    },
  };
}

/** Makes an account a member, by the link of the scene's collection. */
const join = async ({ access, secret, id }: Tenants, account: string): Promise<CollectionId> => {
  await access.admit({ account: account.padEnd(22, '0') as AccountId, kind: 'account' }, id, secret);
  return id;
};

describe('how long a connection may go on', () => {
  it('[R50] ends with 4401 when its token expires unrenewed, on both lanes, and not a moment before', async () => {
    const world = await open();
    const { authenticator, clock } = world;
    await join(world, 'anna');
    const token = authenticator.issue('one', { account: 'anna', signIn: 's1', expiresAt: clock.now() + 60_000 });
    const [native, stock] = [await world.native(token), await world.stock(token)];

    await clock.advance(40_000);
    native.send({ type: 'ping' });
    await clock.advance(19_900);
    expect([native.closed, stock.closed()]).toEqual([undefined, undefined]);
    await clock.advance(100);

    expect([native.closed?.code, stock.closed()]).toEqual([4401, 4401]);
  });

  it('[R50] goes on when the credential is renewed in band, as long as the new one lasts', async () => {
    const world = await open();
    const { authenticator, clock } = world;
    const first = authenticator.issue('one', { account: 'anna', signIn: 's1', expiresAt: clock.now() + 30_000 });
    const second = authenticator.issue('two', { account: 'anna', signIn: 's1', expiresAt: clock.now() + 70_000 });
    const native = await world.native(first);

    await clock.advance(20_000);
    native.send({ type: 'auth', credential: { kind: 'bearer', token: second } });
    await clock.advance(30_000);
    native.send({ type: 'ping' });
    await clock.advance(19_000);
    expect(native.closed).toBeUndefined();
    await clock.advance(1_500);

    expect(native.closed?.code).toBe(4401);
  });

  it('[R50] a credential that lasts for months ends nothing early', async () => {
    const world = await open();
    const { authenticator, clock } = world;
    await join(world, 'anna');
    const token = authenticator.issue('one', { account: 'anna', signIn: 's1', expiresAt: clock.now() + 90 * 24 * hourMs });
    const stock = await world.stock(token);

    await clock.advance(2 * hourMs);

    expect(stock.closed()).toBeUndefined();
  });

  it('[R51] ends within a second of its sign-in being ended elsewhere, all sign-ins being asked about in one question', async () => {
    const world = await open();
    const { authenticator, clock } = world;
    await join(world, 'anna');
    const tokens = ['one', 'two', 'three'].map((name, index) => authenticator.issue(name, { account: 'anna', signIn: `s${index}` }));
    const [first, second, third] = [await world.native('one'), await world.stock('two'), await world.native('three')];

    authenticator.signOut('s0');
    authenticator.signOut('s1');
    await clock.advance(1_000);

    expect([first.closed?.code, second.closed(), third.closed]).toEqual([4401, 4401, undefined]);
    expect(authenticator.asked[0]).toEqual(tokens.map((_, index) => `s${index}`));
    expect(authenticator.asked.at(-1)).toEqual(['s2']);
  });

  it('[R51] goes on asking after the database was away, and asks nothing when nobody is signed in', async () => {
    const world = await open();
    const { authenticator, clock } = world;
    await clock.advance(3_000);
    expect(authenticator.asked).toEqual([]);
    authenticator.issue('one', { account: 'anna', signIn: 's1' });
    const native = await world.native('one');

    authenticator.isAway = true;
    authenticator.signOut('s1');
    await clock.advance(3_000);
    expect(native.closed).toBeUndefined();
    authenticator.isAway = false;
    await clock.advance(1_000);

    expect(native.closed?.code).toBe(4401);
  });

  it('[R52] ends at once when its sign-in is ended on its own relay, and no other sign-in with it', async () => {
    const world = await open();
    const { authenticator, relay } = world;
    await join(world, 'anna');
    for (const name of ['one', 'two']) authenticator.issue(name, { account: 'anna', signIn: name });
    const [native, stock, other] = [await world.native('one'), await world.stock('one'), await world.native('two')];

    relay.endSignIn('one' as SignInId);
    await settle();

    expect([native.closed?.code, stock.closed(), other.closed]).toEqual([4401, 4401, undefined]);
  });
});
