import type { Cacaw, Stop } from './cacaw.ts';
import type { DetectionCalls } from './detection/detection-calls.ts';
import type { PhotoCalls } from './photos/photo-calls.ts';
import type { SharingCalls } from './sharing.ts';
import { errorToFault, faultToError, type Fault } from './faults.ts';
import { StoreError } from '@cacaw/core/device';

/** One end of a two-way channel that carries structured clones in order: a MessagePort, a Worker, or a test's pair. */
export interface Port {
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  close(): void;
}

type CallName =
  | keyof SharingCalls
  | 'run'
  | 'rows'
  | keyof PhotoCalls
  | Exclude<keyof DetectionCalls, 'looks'>
  | 'photo'
  | 'search'
  | 'share'
  | 'openLink'
  | 'forget'
  | 'setName'
  | 'name'
  | 'refused'
  | 'unsent'
  | 'superseded'
  | 'dismiss'
  | 'setNetwork'
  | 'onlyHere'
  | 'close';
type WatchName = 'collections' | 'list' | 'item' | 'tree' | 'trashedFolders' | 'status' | 'people' | 'device' | 'looks';
type TellName = 'present' | 'retry';

type Arguments<Name extends keyof Cacaw> = Parameters<Cacaw[Name]>;
type Answer<Name extends CallName> = Awaited<ReturnType<Cacaw[Name]>>;
/** The arguments of a subscription without its listener, which always comes last. */
type Query<Name extends WatchName> = Arguments<Name> extends [...infer Rest, unknown] ? Rest : never;
type Listener<Name extends WatchName> = Arguments<Name> extends [...unknown[], infer Last] ? Last : never;

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
  return new RemoteCacaw(port);
}

class RemoteCacaw implements Cacaw {
  readonly #port: Port;
  readonly #calls = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  readonly #listeners = new Map<number, (value: unknown) => void>();
  #lastId = 0;
  #closed = false;

  constructor(port: Port) {
    this.#port = port;
    port.onMessage((message) => this.#receive(message as Response));
  }

  readonly run = this.#caller('run');
  readonly rows = this.#caller('rows');
  readonly photo = this.#caller('photo');
  readonly photosHere = this.#caller('photosHere');
  readonly retryPhotos = this.#caller('retryPhotos');
  readonly photoSettings = this.#caller('photoSettings');
  readonly setPhotoSettings = this.#caller('setPhotoSettings');
  readonly photoRoom = this.#caller('photoRoom');
  readonly storage = this.#caller('storage');
  readonly freeSpace = this.#caller('freeSpace');
  readonly review = this.#caller('review');
  readonly keepReview = this.#caller('keepReview');
  readonly endReview = this.#caller('endReview');
  readonly lookAgain = this.#caller('lookAgain');
  readonly detectionBudget = this.#caller('detectionBudget');
  readonly detectionSettings = this.#caller('detectionSettings');
  readonly setDetectionSettings = this.#caller('setDetectionSettings');
  readonly search = this.#caller('search');
  readonly share = this.#caller('share');
  readonly openLink = this.#caller('openLink');
  readonly forget = this.#caller('forget');
  readonly setName = this.#caller('setName');
  readonly name = this.#caller('name');
  readonly unsent = this.#caller('unsent');
  readonly superseded = this.#caller('superseded');
  readonly refused = this.#caller('refused');
  readonly dismiss = this.#caller('dismiss');
  readonly setNetwork = this.#caller('setNetwork');
  readonly onlyHere = this.#caller('onlyHere');
  readonly createInvite = this.#caller('createInvite');
  readonly inviteByMail = this.#caller('inviteByMail');
  readonly invites = this.#caller('invites');
  readonly revokeInvite = this.#caller('revokeInvite');
  readonly lookInvite = this.#caller('lookInvite');
  readonly acceptInvite = this.#caller('acceptInvite');
  readonly members = this.#caller('members');
  readonly setRole = this.#caller('setRole');
  readonly removeMember = this.#caller('removeMember');
  readonly leave = this.#caller('leave');
  readonly transfer = this.#caller('transfer');
  readonly deleteCollection = this.#caller('deleteCollection');
  readonly publicPhotos = this.#caller('publicPhotos');
  readonly setPublicPhotos = this.#caller('setPublicPhotos');
  readonly requestAccess = this.#caller('requestAccess');
  readonly freeCredential = this.#caller('freeCredential');

  collections = (listener: Listener<'collections'>): Stop => this.#watch('collections', [], listener);
  list = (query: Query<'list'>[0], listener: Listener<'list'>): Stop => this.#watch('list', [query], listener);
  item = (id: Query<'item'>[0], listener: Listener<'item'>): Stop => this.#watch('item', [id], listener);
  tree = (collection: Query<'tree'>[0], listener: Listener<'tree'>): Stop => this.#watch('tree', [collection], listener);
  trashedFolders = (collection: Query<'trashedFolders'>[0], listener: Listener<'trashedFolders'>): Stop =>
    this.#watch('trashedFolders', [collection], listener);
  status = (collection: Query<'status'>[0], listener: Listener<'status'>): Stop => this.#watch('status', [collection], listener);
  people = (collection: Query<'people'>[0], listener: Listener<'people'>): Stop => this.#watch('people', [collection], listener);

  looks = (collection: Query<'looks'>[0], listener: Listener<'looks'>): Stop => this.#watch('looks', [collection], listener);
  device = (listener: Listener<'device'>): Stop => this.#watch('device', [], listener);

  present = (...args: Arguments<'present'>): void => this.#send({ type: 'tell', name: 'present', args });
  retry = (): void => this.#send({ type: 'tell', name: 'retry', args: [] });

  async close(): Promise<void> {
    if (this.#closed) return;
    const closing = this.#call('close', []);
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

  #caller<Name extends CallName>(name: Name): Cacaw[Name] {
    // Safe: whatever is asked under this name is answered by the method of this name.
    return ((...args: Arguments<Name>) => this.#call(name, args)) as Cacaw[Name];
  }

  #call<Name extends CallName>(name: Name, args: Arguments<Name> | readonly []): Promise<Answer<Name>> {
    if (this.#closed) return Promise.reject(closedError());
    const id = ++this.#lastId;
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.#send({ type: 'call', id, name, args });
    });
  }

  #watch<Name extends WatchName>(name: Name, args: Query<Name> | readonly [], listener: Listener<Name>): Stop {
    const id = ++this.#lastId;
    this.#listeners.set(id, listener as (value: unknown) => void);
    this.#send({ type: 'watch', id, name, args });
    return () => {
      if (this.#listeners.delete(id)) this.#send({ type: 'stop', id });
    };
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
