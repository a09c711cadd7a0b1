import { lookupSourceNames, type LookupSourceName } from '@cacaw/protocol/http';
import * as v from 'valibot';
import { isAddressOf } from '../address-rules.ts';

/** A source this relay may ask, and where when it is another place than the service's own. */
export interface LookupPlan {
  readonly name: LookupSourceName;
  readonly baseUrl: string | undefined;
}

const mistake = `must list sources, each one of ${lookupSourceNames.join(', ')} or such a name with =http://… behind it`;

/** What the environment says about lookups: none unless it names some. */
export const lookupVariables: { readonly LOOKUP_SOURCES: v.OptionalSchema<v.GenericSchema<string, readonly LookupPlan[]>, ''> } = {
  LOOKUP_SOURCES: v.optional(
    v.pipe(
      v.string(),
      v.transform((text) => text.split(/[\s,]+/).filter((one) => one !== '')),
      v.array(
        v.pipe(
          v.string(),
          v.check((one) => planOf(one) !== undefined, mistake),
        ),
      ),
      v.transform((all) => all.flatMap((one) => planOf(one) ?? [])),
    ),
    '',
  ),
};

function planOf(text: string): LookupPlan | undefined {
  const [name, baseUrl] = text.split(/=(.*)/s, 2);
  const known = lookupSourceNames.find((one) => one === name);
  return known === undefined || (baseUrl !== undefined && !isAddressOf('http:', 'https:')(baseUrl)) ? undefined : { name: known, baseUrl };
}
