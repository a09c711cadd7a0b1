import ipaddr from 'ipaddr.js';

/** An address as it is compared: IPv4 also where it came dressed as IPv6, undefined for what is none. */
export function addressIn(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  // Only the usual four numbers: `1` and `0x7f.1` are addresses too, to some.
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return undefined;
  return ipaddr.process(text);
}

/** Who an address belongs to as far as limits go: an IPv4 address, an IPv6 /64. Anything else stays what it is. */
export const limitKey = (key: string): string => prefixOf(key, { ipv4: 32, ipv6: 64 }) ?? key;

/** The part of an address that tells where from but not who, as the audit log keeps it; undefined for what is no address. */
export const shortened = (address: string): string | undefined => prefixOf(address, { ipv4: 24, ipv6: 48 });

function prefixOf(text: string, bits: { readonly ipv4: number; readonly ipv6: number }): string | undefined {
  const address = addressIn(text);
  if (address === undefined) return undefined;
  const length = bits[address.kind()];
  const bytes = address.toByteArray().map((byte, index) => byte & (0xff << Math.max(0, Math.min(8, (index + 1) * 8 - length))));
  return `${ipaddr.fromByteArray(bytes).toString()}/${length}`;
}
