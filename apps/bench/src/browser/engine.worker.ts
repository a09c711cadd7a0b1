// The engine's worker as the app starts it, with two things observed from outside its packages: when it opens the database,
// and what crosses its socket.
import { createBrowserEnvironment, createMessagePort, startWorker } from '@cacaw/client/worker';
import { observedWire } from '../observed-wire.ts';
import { moment } from './moment.ts';
import { wireChannel, type EngineAddress, type WireAsk, type WireFrame, type WireReport } from './wire-report.ts';
import type { Wire } from '@cacaw/protocol';

const { relay, name } = JSON.parse(self.name) as EngineAddress;
const environment = createBrowserEnvironment();
const frames: WireFrame[] = [];
const wires: Wire[] = [];
let opened: WireReport['database'];

const note = (direction: WireFrame['direction'], bytes: Uint8Array): void =>
  void frames.push({ direction, bytes: bytes.length, kind: bytes[0] ?? 0, at: moment() });

function observed(wire: Wire): Wire {
  wires.push(wire);
  return observedWire(wire, note);
}

const channel = new BroadcastChannel(wireChannel(name));
channel.onmessage = ({ data }: MessageEvent<WireAsk>) => {
  if (data.ask === 'cut') for (const wire of wires.splice(0)) wire.close(4000, 'cut by the benchmark');
  else if (data.ask === 'clear') frames.length = 0;
  else channel.postMessage({ answer: data.id, database: opened, frames } satisfies WireReport);
};

startWorker(
  {
    ...environment,
    openStore: async (database, onClosed) => {
      const startedAt = moment();
      const store = await environment.openStore(database, onClosed);
      opened = { startedAt, endedAt: moment() };
      return store;
    },
    openWire: (url) => observed(environment.openWire(url)),
  },
  createMessagePort(self as never),
  { database: 'CacawInventory', relay, publicUrl: relay, onError: (error) => console.error('The engine reported a fault.', error) },
);
