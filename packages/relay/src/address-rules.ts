import * as v from 'valibot';

/** True for an address of one of these protocols that names a host. */
export function isAddressOf(...protocols: readonly string[]): (text: string) => boolean {
  return (text) => URL.canParse(text) && protocols.includes(new URL(text).protocol) && new URL(text).hostname !== '';
}

/** An address of the web, as the environment gives one. */
export const webAddress: v.GenericSchema<string, string> = v.pipe(
  v.string(),
  v.trim(),
  v.check((text) => isAddressOf('http:', 'https:')(text), 'is not an address: it begins with http:// or https://'),
);
