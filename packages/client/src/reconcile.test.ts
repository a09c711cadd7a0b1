import { createMemoryDisk, openDevice, type Device } from '@cacaw/core/device';
import { newCollectionId, type CollectionId, type DocumentName } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { ManualClock, settled } from '../test/manual-clock.ts';
import type { Conversation } from './exchange.ts';
import { createReconciliation, type Reconciliation } from './reconcile.ts';
import { createSystemRandom } from './clock.ts';

interface Said {
  readonly vectors: Map<DocumentName, Uint8Array>;
  readonly repairs: Uint8Array[];
}

/** A relay that asks for everything it is told of, round after round, and takes none of it. */
function insatiable(reconciliation: () => Reconciliation): { readonly conversation: Conversation; readonly rounds: Said[] } {
  const rounds: Said[] = [{ vectors: new Map(), repairs: [] }];
  const last = (): Said => rounds.at(-1) as Said;
  const unexpected = (): never => {
    throw new Error('A reconciliation says nothing else.');
  };
  return {
    rounds,
    conversation: {
      join: unexpected,
      leave: unexpected,
      push: unexpected,
      closeWriter: unexpected,
      present: unexpected,
      state: (document, vector) => void last().vectors.set(document, vector),
      repair: (_document, bytes) => void last().repairs.push(bytes),
      pull: () => {
        const asked = [...last().vectors.keys()];
        queueMicrotask(() => {
          for (const document of asked) reconciliation().hear({ type: 'need', document, stateVector: Uint8Array.of(0) });
          reconciliation().hear({ type: 'page' } as never);
        });
      },
    },
  };
}

async function openPending(): Promise<{ readonly device: Device; readonly collection: CollectionId; readonly clock: ManualClock }> {
  const clock = new ManualClock();
  const random = createSystemRandom();
  const device = await openDevice({ store: createMemoryDisk().open(), clock, random, idleMs: 0 });
  const collection = newCollectionId(random);
  await device.run({ type: 'createCollection', id: collection, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  return { device, collection, clock };
}

test('[L95] two rounds give back pending pushes too; later ones only what was confirmed, and the relay is asked no more in the end', async () => {
  const { device, collection, clock } = await openPending();
  const { conversation, rounds } = insatiable(() => reconciliation);
  const reconciliation = createReconciliation({ collection, device, conversation, clock, onWake: () => undefined });

  for (let turn = 0; turn < 200 && reconciliation.outcome === 'going'; turn += 1) {
    const step = reconciliation.step();
    if (step === undefined) await clock.advance(1000);
    else await step();
    await settled();
    const { vectors, repairs } = rounds.at(-1) as Said;
    if (vectors.size > 0 && repairs.length >= vectors.size * 2) rounds.push({ vectors: new Map(), repairs: [] });
  }

  const [pending] = await device.pending(collection);
  expect(rounds.slice(0, 2).map(({ vectors, repairs }) => [[...vectors.keys()], repairs.at(-1)])).toEqual([
    [['root.0'], pending?.bytes],
    [['root.0'], pending?.bytes],
  ]);
  // Nothing of the collection was ever confirmed here.
  expect(rounds.slice(2).every(({ vectors, repairs }) => vectors.size === 0 && repairs.length === 0)).toBe(true);
  expect(reconciliation.outcome).toBe('done');
});
