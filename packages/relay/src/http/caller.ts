import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type ipaddr from 'ipaddr.js';
import { addressIn } from './network.ts';

/** Where a request comes from. */
export interface Callers {
  /** The caller's network address: the connection's, or the one a trusted proxy names. */
  readonly addressOf: (context: Context) => string;
  /** True when the caller speaks https, to this relay or to a trusted proxy before it. */
  readonly isSecure: (context: Context) => boolean;
}

/** Who is calling. `trusted` are addresses and networks (`10.0.0.0/8`) of proxies whose `X-Forwarded-For` and `-Proto` are believed. */
export function createCallers(trusted: readonly string[]): Callers {
  const networks = trusted.map((text) => networkOf(text) ?? refuse(text));
  const isTrusted = (address: string): boolean => {
    const parsed = addressIn(address);
    return parsed !== undefined && networks.some(([network, bits]) => parsed.kind() === network.kind() && parsed.match(network, bits));
  };
  return {
    addressOf(context) {
      const peer = peerOf(context);
      return isTrusted(peer) ? farthest(peer, forwardedFor(context), isTrusted) : peer;
    },
    isSecure(context) {
      if ('encrypted' in (incomingOf(context)?.socket ?? {})) return true;
      // The nearest proxy speaks last; what came before it is hearsay.
      return isTrusted(peerOf(context)) && listOf(context.req.header('x-forwarded-proto')).at(-1) === 'https';
    },
  };
}

/** A network or a single address as TRUSTED_PROXIES writes it; undefined for what is none. */
export function networkOf(text: string): readonly [ipaddr.IPv4 | ipaddr.IPv6, number] | undefined {
  const [address = '', bits, ...rest] = text.split('/');
  const parsed = addressIn(address);
  if (parsed === undefined || rest.length > 0) return undefined;
  const most = parsed.kind() === 'ipv4' ? 32 : 128;
  if (bits === undefined) return [parsed, most];
  return /^\d{1,3}$/.test(bits) && Number(bits) <= most ? [parsed, Number(bits)] : undefined;
}

function refuse(text: string): never {
  throw new Error(`${text} is no address and no network.`);
}

interface Incoming {
  readonly socket?: object | undefined;
}

function incomingOf(context: Context): Incoming | undefined {
  return (context.env as { readonly incoming?: Incoming } | undefined)?.incoming;
}

function peerOf(context: Context): string {
  return incomingOf(context) === undefined ? '' : (getConnInfo(context).remote.address ?? '');
}

const listOf = (header: string | undefined): readonly string[] => (header ?? '').split(',').map((one) => one.trim());

const forwardedFor = (context: Context): readonly string[] =>
  // Some proxies name the port too.
  listOf(context.req.header('x-forwarded-for')).map((one) => one.replace(/^\[(.*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1'));

/** From the nearest outwards until somebody who is no proxy of ours; whatever stands behind them they may have made up. */
function farthest(peer: string, names: readonly string[], isTrusted: (address: string) => boolean): string {
  let address = peer;
  for (const name of names.toReversed()) {
    if (addressIn(name) === undefined) break;
    address = name;
    if (!isTrusted(name)) break;
  }
  return address;
}
