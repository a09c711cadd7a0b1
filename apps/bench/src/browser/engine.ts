import { connectCacaw, createMessagePort, type Cacaw } from '@cacaw/client';
import { wireChannel, type EngineAddress, type WireAsk, type WireReport } from './wire-report.ts';

/** One engine in its worker, and a look at its socket. */
export interface Engine {
  readonly cacaw: Cacaw;
  report(): Promise<WireReport>;
  /** Forgets the frames seen so far. */
  clear(): void;
  /** Cuts the socket under the engine, as a lost network does. */
  cut(): void;
}

let count = 0;

/** Starts an engine exactly as the app does: its own worker, the page only holds the interface. */
export function startEngine(relay: string): Engine {
  const address: EngineAddress = { relay, name: `${Date.now()}-${(count += 1)}` };
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: JSON.stringify(address) });
  const channel = new BroadcastChannel(wireChannel(address.name));
  const tell = (ask: WireAsk): void => channel.postMessage(ask);
  let asked = 0;
  const waiting = new Map<number, (report: WireReport) => void>();
  channel.onmessage = ({ data }: MessageEvent<WireReport>) => waiting.get(data.answer)?.(data);
  return {
    cacaw: connectCacaw(createMessagePort(worker)),
    report: () =>
      new Promise((done) => {
        waiting.set((asked += 1), done);
        tell({ ask: 'report', id: asked });
      }),
    clear: () => tell({ ask: 'clear' }),
    cut: () => tell({ ask: 'cut' }),
  };
}
