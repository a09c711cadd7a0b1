import type { CollectionRow } from '@cacaw/core';
import { lookKey, type Device, type DeviceStore } from '@cacaw/core/device';
import type { CollectionId } from '@cacaw/protocol';
import { learningAnswer, type LearningBody } from '@cacaw/protocol/http';
import { bySchema } from '../by-schema.ts';
import type { RelayFace } from '../relay-face.ts';
import type { HttpFailure } from '../relay-http.ts';

/** What telling needs. */
export interface TellPorts {
  readonly device: Pick<Device, 'write'>;
  readonly store: DeviceStore;
  readonly face: Pick<RelayFace, 'attempt'>;
}

const toldKey = (collection: CollectionId): string => lookKey('learning', collection, 'told');

/**
 * Tells the relay what the owner says of learning where that has changed since it was told: a relay reads no register, and keeps
 * nothing before it was told so. What was told stays noted, so that whoever saw learning turned on also turns it off.
 * Resolves with why somewhere it could not be told.
 */
export async function tellLearning(ports: TellPorts): Promise<readonly HttpFailure[]> {
  const failures: HttpFailure[] = [];
  for (const { id, isOn } of await changed(ports.store)) {
    const body: LearningBody = { isOn };
    const outcome = await ports.face.attempt({ method: 'PUT', path: `/collections/${id}/learning`, body }, bySchema(learningAnswer));
    if (outcome.ok) await noteTold(ports.device, id, isOn);
    else failures.push(outcome.failure);
  }
  return failures;
}

/** Of a collection that was forgotten meanwhile nothing is kept. */
const noteTold = (device: TellPorts['device'], id: CollectionId, isOn: boolean): Promise<void> =>
  device.write(async (tx) => {
    if ((await tx.get('collections', id)) !== undefined) tx.put('settings', { key: toldKey(id), value: isOn });
  });

function changed(store: DeviceStore): Promise<readonly { readonly id: CollectionId; readonly isOn: boolean }[]> {
  return store.read(['collections', 'settings'], async (tx) => {
    const owned = (await tx.range('collections', {})).filter(isTellers);
    const told = await Promise.all(owned.map(({ id }) => tx.get('settings', toldKey(id))));
    return owned
      .map(({ id, learns }, at) => ({ id, isOn: learns === true, wasOn: told[at]?.value === true }))
      .filter(({ isOn, wasOn }) => isOn !== wasOn);
  });
}

const isTellers = ({ mode, gone, role }: CollectionRow): boolean => mode === 'sync' && gone === null && role === 'owner';
