import type { StoreReader } from '@cacaw/core/device';
import type { Json } from '@cacaw/protocol';

/** Where in `settings` stands what the person chose for looking at photos. */
export const detectionKey = 'detection';

/** What stands there, whoever wrote it. Apart from the rest, because whatever plans commands reads it. */
export async function detectionChoice(tx: StoreReader): Promise<{ readonly [name: string]: Json }> {
  const kept = (await tx.get('settings', detectionKey))?.value;
  return (typeof kept === 'object' && kept !== null ? kept : {}) as { readonly [name: string]: Json };
}
