import { createSystemRandom } from '@cacaw/client';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { openPool } from '@cacaw/relay';
import { ms, percentile, spread, type Figure } from '../figure.ts';
import { signIn, signUp, type SignedIn } from '../lab/account.ts';
import { MemberSocket } from '../lab/member-socket.ts';
import { timeNotify } from '../lab/notify.ts';
import { startRelayOn } from '../lab/relay-site.ts';
import type { Scenario } from '../scenario.ts';

/** Where a person is connected: the relay that is told of the change, and one that no hint reaches. */
interface Ground {
  readonly near: string;
  readonly far: string;
  readonly owner: SignedIn;
  readonly member: SignedIn;
  readonly id: CollectionId;
}

/** From the moment the owner asks until the connection has heard, on the same relay and on the other. */
interface Lags {
  readonly near: number[];
  readonly far: number[];
}

/** Who is removed, made a viewer or signed out is cut off before they can do harm. */
export const cutOff: Scenario = {
  name: 'cut-off',
  about: 'Two relay processes on one PostgreSQL; one person connected to both, the second relay hears no hints and only looks.',
  note: 'Times begin before the request that changes something is sent, so they hold the request and its commit. How often each was tried is bounded by the limits on invites and sign-ins.',
  async run(lab) {
    const site = await lab.relay();
    const owner = await signUp(site, 'owner');
    const member = await signUp(site, 'member');
    const other = await startDeafRelay(site, lab.origin);
    try {
      const id = newCollectionId(createSystemRandom());
      await owner.ask('POST', '/api/collections', { id });
      const ground: Ground = { near: site.origin, far: other.origin, owner, member, id };
      const removals = await rounds(lab.isQuick ? 5 : 40, () => removal(ground));
      await join(ground);
      const downgrades = await rounds(lab.isQuick ? 10 : 100, () => downgrade(ground));
      const signOuts = await rounds(lab.isQuick ? 3 : 12, () => signOut(ground));
      const bare = spread(await timeNotify(site.databaseUrl, lab.isQuick ? 50 : 300), 0.99);
      return [
        ...figures('removal', removals, bare),
        ...figures('editor made a viewer', downgrades, bare),
        ...figures('sign-out', signOuts, bare),
      ];
    } finally {
      await other.child.stop();
    }
  },
};

/** NOTIFY does not leave its database: a relay that listens in another one hears nothing. */
async function startDeafRelay(
  site: { readonly databaseUrl: string; readonly dataDir: string },
  origin: string,
): ReturnType<typeof startRelayOn> {
  const sql = openPool(site.databaseUrl, { connections: 1 });
  await sql.unsafe('create database deaf');
  await sql.end({ timeout: 1 });
  const deaf = new URL(site.databaseUrl);
  deaf.pathname = '/deaf';
  return startRelayOn(site.databaseUrl, site.dataDir, origin, { DATABASE_DIRECT_URL: deaf.href });
}

async function rounds(count: number, run: () => Promise<readonly [near: number, far: number]>): Promise<Lags> {
  const lags: Lags = { near: [], far: [] };
  for (let round = 0; round < count; round += 1) {
    const [near, far] = await run();
    lags.near.push(near);
    lags.far.push(far);
  }
  return lags;
}

async function join({ owner, member, id }: Ground): Promise<void> {
  const { link } = await owner.ask('POST', `/api/collections/${id}/invites`, { role: 'editor', maxUses: 1 });
  await member.ask('POST', '/api/invites/accept', { secret: String(link).split('#')[1] });
}

/** Opens both connections, makes the change and says how long each took to hear of it. */
async function timeChange(
  { near, far, id }: Ground,
  person: SignedIn,
  { change, heardAt }: { readonly change: () => Promise<unknown>; readonly heardAt: (socket: MemberSocket) => number | undefined },
): Promise<readonly [number, number]> {
  const token = await person.token();
  const sockets = [near, far].map((origin) => new MemberSocket(origin, { kind: 'bearer', token }));
  for (const socket of sockets) {
    await socket.until(() => socket.heardAt('welcome') !== undefined || socket.closedAt !== undefined);
    socket.join(id);
    await socket.until(() => socket.heardAt('joined') !== undefined || socket.closedAt !== undefined);
  }
  const startedAt = performance.now();
  await change();
  const lags: number[] = [];
  for (const socket of sockets) {
    await socket.until(() => heardAt(socket) !== undefined);
    lags.push((heardAt(socket) ?? Number.NaN) - startedAt);
    socket.close();
  }
  return [lags[0] ?? Number.NaN, lags[1] ?? Number.NaN];
}

async function removal(ground: Ground): Promise<readonly [number, number]> {
  const { owner, member, id } = ground;
  await join(ground);
  return timeChange(ground, member, {
    change: () => owner.ask('DELETE', `/api/collections/${id}/members/${member.account}`),
    heardAt: (socket) => socket.heardAt('gone'),
  });
}

async function downgrade(ground: Ground): Promise<readonly [number, number]> {
  const { owner, member, id } = ground;
  const setRole = (role: 'editor' | 'viewer'): Promise<unknown> =>
    owner.ask('PATCH', `/api/collections/${id}/members/${member.account}`, { role });
  const lags = await timeChange(ground, member, { change: () => setRole('viewer'), heardAt: (socket) => socket.heardAt('access') });
  await setRole('editor');
  return lags;
}

async function signOut(ground: Ground): Promise<readonly [number, number]> {
  const person = await signIn({ origin: ground.near }, 'member');
  return timeChange(ground, person, { change: () => person.ask('POST', '/api/auth/sign-out', {}), heardAt: (socket) => socket.closedAt });
}

function figures(what: string, { near, far }: Lags, bare: string): Figure[] {
  const line = (where: string, lags: readonly number[], limitMs: number): Figure => ({
    what: `${what} → cut off on ${where}`,
    value: `${spread(lags, 0.99)} of ${lags.length}`,
    target: `p99 ≤ ${ms(limitMs)}`,
    met: percentile(lags, 0.99) <= limitMs,
    beside: `bare NOTIFY and back ${bare}`,
  });
  return [line('the same relay', near, 1_000), line('the other relay, hints lost', far, 2_000)];
}
