import { connectCacaw, createMessagePort, type Cacaw } from '@cacaw/client';
import { connectRegistry, type Accounts } from '@cacaw/client/accounts';
import { firstSign } from '../app/first-sign.ts';
import { openPageAccounts } from './accounts.ts';
import type { OpenEvent, RegistryEvent, TabEvent } from './worker.ts';

/** This tab's engine worker as the page sees it; the engine opens as soon as the accounts have said where. */
export interface Engine {
  readonly cacaw: Cacaw;
  readonly accounts: Promise<Accounts>;
}

/** Starts this tab's engine worker, which also reads the registry of accounts: so the page ships no database code. */
export function startEngine(): Engine {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'cacaw' });
  const tell = (event: TabEvent): void => worker.postMessage(event);
  addEventListener('online', () => tell('online'));
  addEventListener('offline', () => tell('offline'));
  void firstSign.then(() => tell('sign'));

  const registry = new MessageChannel();
  worker.postMessage('registry' satisfies RegistryEvent, [registry.port2]);
  const accounts = openPageAccounts(connectRegistry(createMessagePort(registry.port1)));

  const engine = new MessageChannel();
  void accounts.then(({ place: { database, account, lookKey } }) =>
    worker.postMessage({ database, account, lookKey } satisfies OpenEvent, [engine.port2]),
  );
  return { cacaw: connectCacaw(createMessagePort(engine.port1)), accounts };
}
