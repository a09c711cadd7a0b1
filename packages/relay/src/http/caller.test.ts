import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { createCallers, networkOf } from './caller.ts';

/** What a relay with these proxies makes of a request from `peer`. */
async function ask(
  trusted: readonly string[],
  peer: string,
  { headers = {}, encrypted }: { readonly headers?: Record<string, string>; readonly encrypted?: true } = {},
): Promise<readonly [string, boolean]> {
  const callers = createCallers(trusted);
  const app = new Hono().get('/', (context) => context.json([callers.addressOf(context), callers.isSecure(context)]));
  const socket = { remoteAddress: peer, remotePort: 1, remoteFamily: 'IPv4', ...(encrypted === undefined ? {} : { encrypted }) };
  const answer = await app.request('/', { headers }, { incoming: { socket } });
  return (await answer.json()) as readonly [string, boolean];
}
const addressFor = async (trusted: readonly string[], peer: string, forwarded: string): Promise<string> =>
  (await ask(trusted, peer, { headers: { 'x-forwarded-for': forwarded } }))[0];

describe('who is calling', () => {
  it('[H50] is whoever connected, whatever a request says of itself', async () => {
    for (const headers of [
      { 'x-forwarded-for': '9.9.9.9' },
      { 'x-forwarded-proto': 'https' },
      { 'x-real-ip': '9.9.9.9' },
      { forwarded: 'for=9.9.9.9;proto=https' },
    ]) {
      expect(await ask([], '192.0.2.7', { headers })).toEqual(['192.0.2.7', false]);
      expect(await ask(['10.0.0.0/8', '::1'], '192.0.2.7', { headers })).toEqual(['192.0.2.7', false]);
    }
  });

  it('[H51] is whom a trusted proxy names: the first from its side that is no proxy of ours', async () => {
    const proxies = ['10.0.0.0/8', '2001:db8::/32'];

    expect(await addressFor(proxies, '10.0.0.1', '192.0.2.7')).toBe('192.0.2.7');
    expect(await addressFor(proxies, '10.0.0.1', '9.9.9.9, 192.0.2.7, 10.1.2.3')).toBe('192.0.2.7');
    expect(await addressFor(proxies, '::ffff:10.0.0.1', '192.0.2.7')).toBe('192.0.2.7');
    expect(await addressFor(proxies, '2001:db8::5', '[2001:db9::7]:443')).toBe('2001:db9::7');
    expect(await addressFor(proxies, '10.0.0.1', '192.0.2.7:5050')).toBe('192.0.2.7');
    expect(await addressFor(['10.0.0.1'], '10.0.0.2', '192.0.2.7')).toBe('10.0.0.2');
  });

  it('[H51] stays the last that can be read when a header is nonsense', async () => {
    const proxies = ['10.0.0.0/8'];

    for (const nonsense of ['', 'unknown', '1', '9.9.9.9, <script>', '0x7f.1', ', ,'])
      expect(await addressFor(proxies, '10.0.0.1', nonsense)).toBe('10.0.0.1');
    expect(await addressFor(proxies, '10.0.0.1', 'nonsense, 10.0.0.9')).toBe('10.0.0.9');
  });

  it('[H52] speaks https when the connection does, or when the nearest trusted proxy says so', async () => {
    const secure = async (trusted: readonly string[], peer: string, proto: string): Promise<boolean> =>
      (await ask(trusted, peer, { headers: { 'x-forwarded-proto': proto } }))[1];

    expect(await secure(['10.0.0.1'], '10.0.0.1', 'https')).toBe(true);
    expect(await secure(['10.0.0.1'], '10.0.0.1', 'https, http')).toBe(false);
    expect(await secure(['10.0.0.1'], '10.0.0.2', 'https')).toBe(false);
    expect((await ask([], '192.0.2.7', { encrypted: true }))[1]).toBe(true);
  });

  it('[H53] proxies are named by address or network, and by nothing else', () => {
    for (const good of ['10.0.0.1', '10.0.0.0/8', '::1', '2001:db8::/32', '0.0.0.0/0']) expect(networkOf(good), good).toBeDefined();
    for (const bad of ['', '10.0.0.0/33', '10.0.0.0/-1', '10.0.0.0/8/8', '::1/129', 'proxy.example', '10.0.0', '10.0.0.0/x', '*']) {
      expect(networkOf(bad), bad).toBeUndefined();
      expect(() => createCallers([bad]), bad).toThrow('no address');
    }
  });
});
