import type { JWTPayload } from 'jose';
import { halfSignedIn, withSecondFactor } from './door-attacks.ts';
import type { Doors, Presented } from './faces.ts';
import type { Attacker, Person } from './attacker.ts';
import { revocations } from './revocation-attacks.ts';

/** One way to be believed without being who one says. */
export interface TokenAttack {
  readonly name: string;
  /** What refuses it: a name of `scripts/holes.ts`, which switches that defence off to see this attack succeed. */
  readonly defence: string;
  /** What is presented, and where, unless at the doors of the victim. */
  readonly present: (attacker: Attacker) => Promise<Presented & { readonly doors?: Doors }>;
}

type Claims = (good: JWTPayload, attacker: Attacker) => JWTPayload;

/** A token signed by a key the relay knows, with claims it must not believe. */
const claiming = (name: string, defence: string, claims: Claims): TokenAttack => ({
  name,
  defence,
  present: async (attacker) => ({ token: await attacker.forge.sign(claims(attacker.claims, attacker)) }),
});

/** A token with claims the relay would believe, under a header it must not. */
const headed = (name: string, defence: string, header: (attacker: Attacker) => object): TokenAttack => ({
  name,
  defence,
  present: async (attacker) => ({ token: await attacker.forge.sign(attacker.claims, header(attacker)) }),
});

const presenting = (name: string, defence: string, present: (attacker: Attacker) => Presented | Promise<Presented>): TokenAttack => ({
  name,
  defence,
  present: async (attacker) => present(attacker),
});

const hourAgo = (): number => Math.floor(Date.now() / 1000) - 3_600;
const without = (payload: JWTPayload, name: string): JWTPayload => ({ ...payload, [name]: undefined });
const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const claims: readonly TokenAttack[] = [
  claiming('expired', 'times', (good) => ({ ...good, iat: hourAgo(), nbf: hourAgo(), exp: hourAgo() + 60 })),
  claiming('not yet valid', 'times', (good) => ({ ...good, nbf: hourAgo() + 7_200 })),
  claiming('made two days ago for a week', 'times', (good) => ({ ...good, iat: hourAgo() - 172_800 })),
  claiming('made tomorrow', 'times', (good) => ({ ...good, iat: hourAgo() + 90_000 })),
  claiming('without an end', 'required claims', (good) => without(good, 'exp')),
  claiming('without a beginning', 'required claims', (good) => without(good, 'nbf')),
  claiming('for another audience', 'audience', (good) => ({ ...good, aud: 'urn:cacaw:mail' })),
  claiming('of another issuer', 'issuer', (good) => ({ ...good, iss: 'urn:cacaw:other' })),
  claiming("with somebody else's sign-in", 'subject', (good, { other }) => ({ ...good, sid: other.signIn })),
  claiming('of a sign-in that never was', 'sign-in lives', (good) => ({ ...good, sid: 'N'.repeat(22) })),
  presenting('with its subject swapped afterwards', 'signature', async ({ victim, other, claims: good }) => {
    const [header, , signature] = other.token.split('.');
    return { token: `${header}.${part({ ...good, sub: victim.account, sid: victim.signIn })}.${signature}` };
  }),
];

const signatures: readonly TokenAttack[] = [
  presenting('of a wrong key', 'signature', async ({ forge, claims: good }) => ({
    token: await forge.sign(good, {}, (await forge.stranger()).key),
  })),
  presenting('of a key given up long ago', 'key retires', async ({ forge, claims: good }) => ({ token: await forge.signRetired(good) })),
  presenting('algorithm none', 'signature', ({ forge, claims: good }) => ({ token: forge.unsigned(good) })),
  presenting('algorithm nOnE', 'signature', ({ forge, claims: good }) => ({ token: forge.unsigned(good, { alg: 'nOnE' }) })),
  presenting('algorithm HS256 with the public key as secret', 'signature', async ({ forge, claims: good }) => ({
    token: await forge.signWithPublicKey(good),
  })),
  headed('algorithm under another name', 'algorithm', () => ({ alg: 'Ed25519' })),
  headed('with an extension nobody knows', 'signature', () => ({ crit: ['x'], x: 1 })),
  presenting('truncated', 'signature', ({ victim }) => ({ token: victim.token.slice(0, -20) })),
  presenting('without its signature', 'signature', ({ victim }) => ({ token: victim.token.slice(0, victim.token.lastIndexOf('.') + 1) })),
];

const keyIds: readonly TokenAttack[] = [
  headed('key id: unknown', 'key id', () => ({ kid: 'unknown' })),
  headed('key id: a path', 'key id', () => ({ kid: '../../../../dev/null' })),
  headed('key id: an address', 'key id', ({ bait }) => ({ kid: bait.url })),
  headed('key id: SQL', 'key id', ({ forge }) => ({ kid: `${forge.keyId}' or '1'='1` })),
  headed('key id: __proto__', 'key id', () => ({ kid: '__proto__' })),
  headed('key id: a list', 'key id', ({ forge }) => ({ kid: [forge.keyId] })),
  headed('key id: none', 'key id', () => ({ kid: undefined })),
  headed('key id: NUL', 'key id', ({ forge }) => ({ kid: `${forge.keyId}\u0000` })),
  presenting('brings its own key (jwk)', 'brought keys', async ({ forge, claims: good }) => {
    const { key, jwk } = await forge.stranger();
    return { token: await forge.sign(good, { jwk }, key) };
  }),
  presenting('says where its key is (jku)', 'brought keys', async ({ forge, bait, claims: good }) => ({
    token: await forge.sign(good, { jku: bait.url }, bait.key),
  })),
  presenting('says where its certificate is (x5u)', 'brought keys', async ({ forge, bait, claims: good }) => ({
    token: await forge.sign(good, { x5u: bait.url }, bait.key),
  })),
];

const shapes: readonly TokenAttack[] = [
  presenting('none at all', 'nobody', () => ({})),
  presenting('encrypted (JWE)', 'other shapes', async ({ forge, claims: good }) => ({ token: await forge.encrypted(good) })),
  presenting('a token in a token', 'other shapes', async ({ forge, victim }) => ({ token: await forge.nested(victim.token) })),
  claiming('huge', 'length', (good) => ({ ...good, padding: 'x'.repeat(6_000) })),
  presenting('in the address', 'address', ({ victim }) => ({ query: `?access_token=${victim.token}&token=${victim.token}` })),
  presenting('as a subprotocol of another name', 'subprotocol', ({ victim }) => ({ protocols: [`token.${victim.token}`] })),
  presenting('under another scheme', 'scheme', ({ victim }) => ({ headers: { authorization: `Basic ${victim.token}` } })),
  presenting('two tokens', 'scheme', ({ victim, other }) => ({
    headers: { authorization: `Bearer ${other.token}, Bearer ${victim.token}` },
  })),
  presenting('two schemes', 'scheme', ({ victim }) => ({ headers: { authorization: `Basic Zm9v Bearer ${victim.token}` } })),
  presenting('behind two spaces', 'scheme', ({ victim }) => ({ headers: { authorization: `Bearer  ${victim.token}` } })),
  presenting('behind a tab', 'scheme', ({ victim }) => ({ headers: { authorization: `Bearer\t${victim.token}` } })),
  presenting("a device's secret", 'one kind each', async ({ device }) => ({ token: device })),
  presenting("the cookie's secret", 'one kind each', ({ victim }) => ({ token: victim.sessionSecret })),
  presenting('the token of a mail', 'one kind each', ({ mailToken }) => ({ token: mailToken })),
];

const cookieOf = ({ cookie }: Person, change: (value: string) => string): string => {
  const at = cookie.indexOf('=');
  return `${cookie.slice(0, at)}=${change(cookie.slice(at + 1))}`;
};
const tampered = (name: string, change: (value: string, attacker: Attacker) => string): TokenAttack =>
  presenting(`cookie ${name}`, 'cookie signature', (attacker) => ({
    headers: { cookie: cookieOf(attacker.victim, (value) => change(value, attacker)) },
  }));

const cookies: readonly TokenAttack[] = [
  presenting('cookie from a page of another origin', 'cookie origin', ({ victim }) => ({
    headers: { cookie: victim.cookie, origin: 'https://evil.example' },
  })),
  presenting('cookie without an origin', 'cookie origin', ({ victim }) => ({ headers: { cookie: victim.cookie, origin: '' } })),
  presenting('cookie of origin null', 'cookie origin', ({ victim }) => ({ headers: { cookie: victim.cookie, origin: 'null' } })),
  presenting('cookie from a neighbour of our origin', 'cookie origin', ({ victim, doors }) => ({
    headers: { cookie: victim.cookie, origin: `${doors.origin}.evil.example` },
  })),
  presenting('cookie of a sign-in without its second factor', 'second factor', async (attacker) => {
    await withSecondFactor(attacker, 'half');
    return { headers: { cookie: (await halfSignedIn(attacker, 'half')).cookie } };
  }),
  tampered('with a tampered signature', (value) => `${value.slice(0, -8)}AAAA${value.slice(-4)}`),
  tampered('without its signature', (value) => value.slice(0, value.lastIndexOf('.'))),
  tampered("with somebody else's signature", (value, { other }) => {
    const theirs = other.cookie;
    return `${value.slice(0, value.lastIndexOf('.'))}${theirs.slice(theirs.lastIndexOf('.'))}`;
  }),
];

/** Every attack; each is tried on every face. */
export const tokenAttacks: readonly TokenAttack[] = [...claims, ...signatures, ...keyIds, ...shapes, ...cookies, ...revocations];
