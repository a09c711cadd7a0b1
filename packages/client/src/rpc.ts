import type { Cacaw, Stop } from './cacaw.ts';
import { errorToFault, faultToError, type Fault } from './faults.ts';
import { StoreError } from '@cacaw/core/device';

/** One end of a two-way channel that carries structured clones in order: a MessagePort, a Worker, or a test's pair. */
export interface Port {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  close(): void;
}

// Of each name one mention: every page brings them before it shows anything.
const calls = [
  'run',
  'rows',
  'photo',
  'photosHere',
  'retryPhotos',
  'photoSettings',
  'setPhotoSettings',
  'photoRoom',
  'storage',
  'freeSpace',
  'review',
  'keepReview',
  'endReview',
  'lookAgain',
  'detectionBudget',
  'detectionSettings',
  'setDetectionSettings',
  'search',
  'share',
  'openLink',
  'forget',
  'setName',
  'name',
  'unsent',
  'superseded',
  'refused',
  'dismiss',
  'setNetwork',
  'onlyHere',
  'createInvite',
  'inviteByMail',
  'invites',
  'revokeInvite',
  'lookInvite',
  'acceptInvite',
  'members',
  'setRole',
  'removeMember',
  'leave',
  'transfer',
  'deleteCollection',
  'publicPhotos',
  'setPublicPhotos',
  'requestAccess',
  'freeCredential',
] as const;
const watches = ['collections', 'list', 'item', 'tree', 'trashedFolders', 'status', 'people', 'looks', 'device'] as const;

type CallName = (typeof calls)[number] | 'close';
type WatchName = (typeof watches)[number];
type TellName = 'present' | 'retry';

type Request =
  | { readonly type: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly type: 'watch'; readonly id: number; readonly name: WatchName; readonly args: readonly unknown[] }
  | { readonly type: 'tell'; readonly name: TellName; readonly args: readonly unknown[] }
  | { readonly type: 'stop'; readonly id: number };

type Response =
  | { readonly type: 'answer'; readonly id: number; readonly value: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: Fault }
  | { readonly type: 'event'; readonly id: number; readonly value: unknown };

type AnyMethod = (...args: readonly unknown[]) => unknown;

/**
 * Answers one port's requests from `host`, also those that come while it is still opening, in order; a host that could not
 * open answers every call with its reason. `close` ends all subscriptions of the port.
 */
export function serveCacaw(host: Cacaw | Promise<Cacaw>, port: Port): void {
  const opened = Promise.resolve(host);
  // Told to whoever calls; until somebody does it is not an error nobody handled.
  opened.catch(() => undefined);
  port.onMessage((message) => {
    opened.then(
      (cacaw) => (serve ??= createServer(cacaw, port))(message as Request),
      (error: unknown) => refuse(message as Request, error),
    );
  });
  let serve: ((request: Request) => void) | undefined;

  function refuse(request: Request, error: unknown): void {
    if (request.type === 'call') port.post({ type: 'fault', id: request.id, fault: errorToFault(error) } satisfies Response);
  }
}

function createServer(host: Cacaw, port: Port): (request: Request) => void {
  const stops = new Map<number, Stop>();
  const respond = (response: Response): void => port.post(response);

  /** Safe: names and argument types were checked on the page's side by `connectCacaw`, which is the only caller. */
  const method = (name: keyof Cacaw): AnyMethod => (host[name] as AnyMethod).bind(host);

  async function call(id: number, name: CallName, args: readonly unknown[]): Promise<void> {
    try {
      if (name === 'close') stopAll();
      respond({ type: 'answer', id, value: await method(name)(...args) });
    } catch (error) {
      respond({ type: 'fault', id, fault: errorToFault(error) });
    }
  }

  function watch(id: number, name: WatchName, args: readonly unknown[]): void {
    const listener = (value: unknown): void => {
      if (stops.has(id)) respond({ type: 'event', id, value });
    };
    // The first event may come before the method has returned how to stop.
    stops.set(id, () => undefined);
    stops.set(id, method(name)(...args, listener) as Stop);
  }

  function stop(id: number): void {
    stops.get(id)?.();
    stops.delete(id);
  }

  function stopAll(): void {
    for (const id of stops.keys()) stop(id);
  }

  return (request) => {
    if (request.type === 'call') void call(request.id, request.name, request.args);
    else if (request.type === 'watch') watch(request.id, request.name, request.args);
    else if (request.type === 'tell') method(request.name)(...request.args);
    else stop(request.id);
  };
}

/** The page's half: a {@link Cacaw} whose every call and subscription is answered by {@link serveCacaw} at the port's other end. */
export function connectCacaw(port: Port): Cacaw {
  const remote = new Remote(port);
  return {
    // Safe: whatever is asked under a name is answered by the method of this name.
    ...(methods(calls, (name, args) => remote.call(name, args)) as Pick<Cacaw, (typeof calls)[number]>),
    ...(methods(watches, (name, args) => remote.watch(name, args)) as Pick<Cacaw, WatchName>),
    present: (...args) => remote.tell('present', args),
    retry: () => remote.tell('retry', []),
    close: () => remote.close(),
  };
}

const methods = <Name extends string>(names: readonly Name[], ask: (name: Name, args: readonly unknown[]) => unknown): unknown =>
  Object.fromEntries(names.map((name) => [name, (...args: readonly unknown[]) => ask(name, args)]));

class Remote {
  readonly #port: Port;
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<number, (value: unknown) => void>();
  #lastId = 0;
  #closed = false;

  constructor(port: Port) {
    this.#port = port;
    port.onMessage((message) => this.#receive(message as Response));
  }

  call(name: CallName, args: readonly unknown[]): Promise<unknown> {
    if (this.#closed) return Promise.reject(closedError());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject });
      this.#send({ type: 'call', id, name, args });
    });
  }

  /** The listener is the last argument. */
  watch(name: WatchName, args: readonly unknown[]): Stop {
    const id = ++this.#lastId;
    this.#listeners.set(id, args.at(-1) as (value: unknown) => void);
    this.#send({ type: 'watch', id, name, args: args.slice(0, -1) });
    return () => {
      if (this.#listeners.delete(id)) this.#send({ type: 'stop', id });
    };
  }

  tell(name: TellName, args: readonly unknown[]): void {
    this.#send({ type: 'tell', name, args });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.call('close', []);
    this.#closed = true;
    this.#listeners.clear();
    try {
      await closing;
    } finally {
      for (const { reject } of this.#calls.values()) reject(closedError());
      this.#calls.clear();
      this.#port.close();
    }
  }

  #send(request: Request): void {
    if (!this.#closed) this.#port.post(request);
  }

  #receive(response: Response): void {
    if (response.type === 'event') return this.#listeners.get(response.id)?.(response.value);
    const waiting = this.#calls.get(response.id);
    this.#calls.delete(response.id);
    if (response.type === 'answer') waiting?.resolve(response.value);
    else waiting?.reject(faultToError(response.fault));
  }
}

const closedError = (): StoreError => new StoreError('closed', 'This page has closed its device; reload it to go on.');
