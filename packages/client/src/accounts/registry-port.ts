import { errorToFault, faultToError, type Fault } from '../faults.ts';
import type { Port } from '../rpc.ts';
import type { AccountRegistry, Place } from './account-registry.ts';

type CallName = Exclude<keyof AccountRegistry, 'onChange'>;
type Arguments<Name extends CallName> = Parameters<AccountRegistry[Name]>;

interface Request {
  readonly id: number;
  readonly name: CallName;
  readonly args: readonly unknown[];
}
type Response =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: Fault }
  | { readonly type: 'changed'; readonly place: Place };

/** Answers a page from its worker's registry, in order; one that could not open answers every call with its reason. */
export function serveRegistry(opening: Promise<AccountRegistry>, port: Port): void {
  opening.then(
    (registry) => registry.onChange((place) => port.post({ type: 'changed', place } satisfies Response)),
    // Told to whoever calls.
    () => undefined,
  );
  port.onMessage((message) => {
    const { id, name, args } = message as Request;
    opening
      .then((registry) => (registry[name] as (...args: readonly unknown[]) => Promise<unknown>)(...args))
      .then(
        (value) => port.post({ type: 'answer', id, value } satisfies Response),
        (error: unknown) => port.post({ type: 'fault', id, fault: errorToFault(error) } satisfies Response),
      );
  });
}

/** The page's half: the registry answered by {@link serveRegistry} at the port's other end. The page itself opens no database. */
export function connectRegistry(port: Port): AccountRegistry {
  return new RemoteRegistry(port);
}

class RemoteRegistry implements AccountRegistry {
  readonly #port: Port;
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Set<(place: Place) => void>();
  #lastId = 0;

  constructor(port: Port) {
    this.#port = port;
    port.onMessage((message) => this.#receive(message as Response));
  }

  open = (): ReturnType<AccountRegistry['open']> => this.#call('open');
  unfinished = (): ReturnType<AccountRegistry['unfinished']> => this.#call('unfinished');
  locked = (): ReturnType<AccountRegistry['locked']> => this.#call('locked');
  begin = (): Promise<void> => this.#call('begin');
  cancel = (): Promise<void> => this.#call('cancel');
  enter = (...args: Arguments<'enter'>): Promise<Place> => this.#call('enter', ...args);
  leave = (...args: Arguments<'leave'>): Promise<Place> => this.#call('leave', ...args);
  settleSignOut = (): Promise<void> => this.#call('settleSignOut');
  mend = (): Promise<Place> => this.#call('mend');
  refresh = (): Promise<void> => this.#call('refresh');

  onChange(listener: (place: Place) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    await this.#call('close');
    this.#port.close();
  }

  #call<Name extends CallName>(name: Name, ...args: Arguments<Name>): ReturnType<AccountRegistry[Name]> {
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#port.post({ id, name, args } satisfies Request);
    }) as ReturnType<AccountRegistry[Name]>;
  }

  #receive(response: Response): void {
    if (response.type === 'changed') {
      for (const listener of this.#listeners) listener(response.place);
      return;
    }
    const waiting = this.#calls.get(response.id);
    this.#calls.delete(response.id);
    if (response.type === 'answer') waiting?.resolve(response.value);
    else waiting?.reject(faultToError(response.fault));
  }
}
