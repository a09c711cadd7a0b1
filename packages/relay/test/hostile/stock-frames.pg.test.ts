import type { CollectionId } from '@cacaw/protocol';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { awarenessFrame } from '../../src/stock/messages.ts';
import { until } from '../http-relay.ts';
import { callers, openCast, targetOf, type Caller, type Cast, type Scene } from './matrix-scene.ts';
import { awarenessOf, kindOf, openStock, settle, stockProofOf, type StockCaller } from './stock-caller.ts';
import { stockLines, witnessClient, type Effect, type StockLine } from './stock-lines.ts';

let cast: Cast;
let scene: Scene;
let witness: StockCaller;
let bell: StockCaller;
beforeAll(async () => {
  cast = await openCast(inject('postgresUrl'));
  scene = await cast.newScene();
  // Two who are inside and at the document all the time: one listens, one says when everything before was heard.
  [witness, bell] = [enter('owner', scene.collection, []), enter('editor', scene.collection, [])];
  witness.send(awarenessFrame(awarenessOf(witnessClient, 1, { user: 'witness' })));
  await settle(witness);
  await settle(bell);
}, 60_000);
afterAll(async () => {
  witness.close();
  bell.close();
  await cast.world.stop();
});

const enter = (caller: Caller | 'wrong link', collection: CollectionId, first: readonly Uint8Array[]): StockCaller =>
  openStock({ port: cast.world.http.port, collection, first, ...stockProofOf(cast, scene, caller) });

const isInside = (caller: Caller): boolean => ['guest', 'viewer', 'editor', 'owner'].includes(caller);
/** The code somebody is sent away with, whatever they send. */
const outside: { readonly [caller in Caller]?: number } = { anonymous: 4401, stranger: 4404, operator: 4404, removed: 4403, former: 4410 };

function expected({ viewer, editor }: StockLine, caller: Caller): Effect {
  if (!isInside(caller)) return { heard: `closed ${outside[caller]}`, spread: '', rows: 0 };
  return caller === 'editor' || caller === 'owner' ? editor : viewer;
}

async function rowsOfLog(): Promise<number> {
  const [row] = await cast.world.database.sql<{ rows: number }[]>`select count(*)::int as rows from updates`;
  return row?.rows ?? -1;
}

const proofs = ['step1', 'quiet'];
/** Kinds heard from a place on. The relay's own questions come at moments of their own. */
const kindsFrom = ({ frames }: StockCaller, from: number): readonly string[] =>
  frames
    .slice(from)
    .map(kindOf)
    .filter((kind) => !proofs.includes(kind));

let round = 0;
let rung = 0;

/** Everything that was sent to the witness before has come: what the bell says comes after it. */
async function witnessed(): Promise<void> {
  const sound = awarenessFrame(awarenessOf(8, (rung += 1), { user: 'bell' }));
  bell.send(sound);
  await until(() => witness.closed !== undefined || witness.frames.some((frame) => Buffer.from(frame).equals(sound)));
}

async function tryLine(line: StockLine, caller: Caller): Promise<Effect> {
  const frame = line.frame((round += 1));
  const frames = Array.from({ length: line.times ?? 1 }, () => frame);
  // Who is outside sends before anybody has looked; who is inside once everything that greets them was said.
  const sender = enter(caller, targetOf(scene, caller), isInside(caller) ? [] : frames);
  await settle(sender);
  const [from, before, rows] = [sender.frames.length, witness.frames.length, await rowsOfLog()];
  if (isInside(caller)) frames.forEach((one) => sender.send(one));
  await settle(sender);
  const [closed, all] = [sender.closed, kindsFrom(sender, from)];
  await witnessed();
  const effect = {
    heard: closed === undefined ? all.slice(0, -1).join() : `closed ${closed.code}`,
    spread: kindsFrom(witness, before).slice(0, -1).join(),
    rows: (await rowsOfLog()) - rows,
  };
  await leave(sender);
  return effect;
}

/** The witness hears who goes: before the next try. */
async function leave(sender: StockCaller): Promise<void> {
  sender.close();
  await until(() => sender.closed !== undefined);
  await witnessed();
}

describe('role × message of the stock lane', () => {
  it('[I30] every message of everybody is answered as its line says, reaches the log of editors only and others only from inside', async () => {
    const wrong: string[] = [];
    for (const line of Object.values(stockLines).flat())
      for (const caller of callers) {
        const [effect, told] = [await tryLine(line, caller), expected(line, caller)];
        if (JSON.stringify(effect) !== JSON.stringify(told))
          wrong.push(`${line.name} as ${caller}: ${JSON.stringify(effect)} instead of ${JSON.stringify(told)}`);
      }

    expect(wrong).toEqual([]);
    expect([witness.closed, cast.world.faults]).toEqual([undefined, []]);
  });
});

describe('strangers on the stock lane', () => {
  const transcript = async (caller: Caller | 'wrong link', collection: CollectionId): Promise<object> => {
    const sender = enter(caller, collection, [Uint8Array.of(3)]);
    await until(() => sender.closed !== undefined);
    return { frames: sender.frames, closed: sender.closed };
  };

  it('[I4] hear the same of an unknown, an open foreign and a deleted collection: no frame, one code, one reason', async () => {
    for (const caller of ['anonymous', 'stranger', 'operator', 'wrong link'] as const) {
      const unknown = await transcript(caller, scene.unknown);

      expect(unknown, caller).toMatchObject({ frames: [], closed: { code: caller === 'anonymous' ? 4401 : 4404 } });
      expect(await transcript(caller, scene.collection), caller).toEqual(unknown);
      expect(await transcript(caller, scene.deleted), caller).toEqual(unknown);
    }
  });
});
