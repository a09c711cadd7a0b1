import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { exportJWK, generateKeyPair, type CryptoKey, type JWTPayload } from 'jose';
import { newCollectionId } from '@cacaw/protocol';
import { systemRandom } from '../../src/adapters/system-clock.ts';
import { fragmentOf, goodPassword, openAccountWorld, type AccountWorld } from '../account-world.ts';
import type { Browser } from '../browser.ts';
import { tryFace, type Doors } from './faces.ts';
import { openForge, type Forge } from './token-forge.ts';

/** Somebody who is signed in, with everything that proves it. */
export interface Person {
  readonly name: string;
  readonly browser: Browser;
  readonly token: string;
  readonly account: string;
  readonly signIn: string;
  readonly cookie: string;
  /** The part of the cookie that names the sign-in. */
  readonly sessionSecret: string;
}

/** A place that hands out keys to whoever asks. */
interface Bait {
  readonly url: string;
  readonly key: CryptoKey;
  readonly asked: () => number;
}

/** An attacker with everything they could ever get hold of. */
export interface Attacker {
  readonly world: AccountWorld;
  readonly doors: Doors;
  readonly forge: Forge;
  readonly victim: Person;
  readonly other: Person;
  /** Claims the relay would believe of the victim. */
  readonly claims: JWTPayload;
  readonly bait: Bait;
  /** A device's own secret, as text. */
  readonly device: string;
  /** Out of a mail to the victim that sets a new password. */
  readonly mailToken: string;
  /** One more person who owns the collection of `doors` from now on. */
  readonly newVictim: (name: string) => Promise<{ readonly person: Person; readonly doors: Doors }>;
  readonly stop: () => Promise<void>;
}

/** Opens a relay and everything an attacker needs. */
export async function openAttacker(postgresUrl: string): Promise<Attacker> {
  const authSecret = systemRandom.bytes(32);
  const world = await openAccountWorld(postgresUrl, { authSecret });
  const newVictim: Attacker['newVictim'] = async (name) => {
    const person = await proofsOf(name, await world.signedUp(name));
    const collection = newCollectionId(systemRandom);
    await person.browser.post('/api/collections', { id: collection });
    return { person, doors: { port: world.http.port, origin: world.origin, collection } };
  };
  const { person: victim, doors } = await newVictim('victim');
  const { person: other } = await newVictim('other');
  const forge = await openForge(world, authSecret);
  const bait = await openBait();
  const claims = forge.claims({ account: victim.account, id: victim.signIn });
  await victim.browser.post('/api/auth/request-password-reset', { email: 'victim@mail.example' });
  // The relay looks for new keys once a second: until it has, every forgery would be refused for the wrong reason.
  const forged = { token: await forge.sign(claims) };
  while ((await tryFace('http', doors, forged)) !== 'in') await sleep(50);
  return {
    world,
    doors,
    forge,
    victim,
    other,
    claims,
    bait,
    device: Buffer.from(systemRandom.bytes(32)).toString('base64url'),
    mailToken: fragmentOf((await world.mail('victim@mail.example', 'reset')).link),
    newVictim,
    async stop() {
      await bait.stop();
      await world.stop();
    },
  };
}

/** Everything a signed-in browser holds. */
export async function proofsOf(name: string, browser: Browser): Promise<Person> {
  const token = await browser.token();
  const { sub, sid } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { sub: string; sid: string };
  const { cookie } = browser;
  const value = decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1));
  return { name, browser, token, account: sub, signIn: sid, cookie, sessionSecret: value.slice(0, value.lastIndexOf('.')) };
}

/** A second browser of somebody. */
export async function signInAgain(world: AccountWorld, name: string, password: string = goodPassword): Promise<Person> {
  const browser = world.browser();
  const answer = await browser.post('/api/auth/sign-in/email', { email: `${name}@mail.example`, password });
  if (!answer.ok) throw new Error(`${name} could not sign in: ${await answer.text()}`);
  return proofsOf(name, browser);
}

async function openBait(): Promise<Bait & { readonly stop: () => Promise<void> }> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true });
  const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), alg: 'EdDSA' }] });
  let asked = 0;
  const server = createServer((_request, answer) => {
    asked += 1;
    answer.setHeader('content-type', 'application/json').end(keys);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`,
    key: privateKey,
    asked: () => asked,
    stop: () => new Promise((done) => server.close(() => done())),
  };
}
