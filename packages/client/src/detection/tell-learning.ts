import type { CollectionRow } from '@cacaw/core';
import { lookSettingKey, type Device, type DeviceStore } from '@cacaw/core/device';
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

const toldKey = (collection: CollectionId): string => lookSettingKey('learning', collection, 'told');

/**
 * Tells the relay what the owner says of learning where that has changed since it was told: a relay reads no register, and keeps
 * nothing before it was told so. What was told stays noted, so that whoever saw learning turned on also turns it off, and is asked about once
 * by every term (`sure` holds what was): a relay that was restored from a backup may say otherwise. Resolves with why somewhere it failed.
 */
export async function tellLearning(ports: TellPorts, sure: Set<CollectionId>): Promise<readonly HttpFailure[]> {
  const failures: HttpFailure[] = [];
  for (const { id, isOn, wasOn } of await concerned(ports.store)) {
    if (isOn === wasOn && sure.has(id)) continue;
    const failure = await (isOn === wasOn ? makeSure : tell)(ports, id, isOn);
    if (failure === undefined) sure.add(id);
    else failures.push(failure);
  }
  return failures;
}

const pathOf = (id: CollectionId): string => `/collections/${id}/learning`;

async function makeSure(ports: TellPorts, id: CollectionId, isOn: boolean): Promise<HttpFailure | undefined> {
  const outcome = await ports.face.attempt({ method: 'GET', path: pathOf(id) }, bySchema(learningAnswer));
  if (!outcome.ok) return outcome.failure;
  return outcome.value.isOn === isOn ? undefined : tell(ports, id, isOn);
}

async function tell({ device, face }: TellPorts, id: CollectionId, isOn: boolean): Promise<HttpFailure | undefined> {
  const body: LearningBody = { isOn };
  const outcome = await face.attempt({ method: 'PUT', path: pathOf(id), body }, bySchema(learningAnswer));
  if (!outcome.ok) return outcome.failure;
  await noteTold(device, id, isOn);
  return undefined;
}

/** Of a collection that was forgotten meanwhile nothing is kept. */
const noteTold = (device: TellPorts['device'], id: CollectionId, isOn: boolean): Promise<void> =>
  device.write(async (tx) => {
    if ((await tx.get('collections', id)) !== undefined) tx.put('settings', { key: toldKey(id), value: isOn });
  });

interface Told {
  readonly id: CollectionId;
  readonly isOn: boolean;
  readonly wasOn: boolean;
}

/** The owner's collections that learn, or did when the relay was told. */
function concerned(store: DeviceStore): Promise<readonly Told[]> {
  return store.read(['collections', 'settings'], async (tx) => {
    const owned = (await tx.range('collections', {})).filter(isTellers);
    const told = await Promise.all(owned.map(({ id }) => tx.get('settings', toldKey(id))));
    return owned.flatMap(({ id, learns }, at) =>
      learns === true || told[at] !== undefined ? [{ id, isOn: learns === true, wasOn: told[at]?.value === true }] : [],
    );
  });
}

const isTellers = ({ mode, gone, role }: CollectionRow): boolean => mode === 'sync' && gone === null && role === 'owner';
