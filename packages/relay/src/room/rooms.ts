import type { CollectionId } from '@cacaw/protocol';
import type { CollectionState } from '../ports/update-log.ts';
import type { FanOut } from '../ports/fan-out.ts';
import { Naming, type NamedHandle } from './naming.ts';
import { Room, type RoomOptions } from './room.ts';

/** The open rooms of one relay. */
export interface Rooms {
  /** The room of a collection, opened when nobody is in it yet; undefined when there is no such collection. */
  open(collection: CollectionId): Promise<Room | undefined>;
  /** Reads what has changed in the room of a collection, if it is open. */
  look(collection: CollectionId): void;
  /** A handle for a collection that is not entered: what a stranger is told about it, the same way whether it exists or not. */
  nameOf(collection: CollectionId): NamedHandle;
  /** Resolves when no room has anything left to commit. */
  settled(): Promise<void>;
  close(): void;
}

/** Rooms over one log; looks at the database once a second for what other relays have done. */
export function createRooms(options: Omit<RoomOptions, 'onCommitted' | 'onEmpty'> & { readonly fanOut: FanOut }): Rooms {
  const rooms = new OpenRooms(options);
  rooms.begin();
  return rooms;
}

const lookEveryMs = 1_000;
/** An empty room stays this long, so that a short reconnect finds its guard states warm. */
const lingerMs = 10_000;

class OpenRooms implements Rooms {
  readonly #options: Omit<RoomOptions, 'onCommitted' | 'onEmpty'> & { readonly fanOut: FanOut };
  readonly #rooms = new Map<CollectionId, Room>();
  readonly #opening = new Map<CollectionId, Promise<Room | undefined>>();
  readonly #lingering = new Map<Room, () => void>();
  #number = 0;
  #isClosed = false;
  #cancelLook: (() => void) | undefined;
  #unsubscribe: () => void = () => undefined;

  constructor(options: Omit<RoomOptions, 'onCommitted' | 'onEmpty'> & { readonly fanOut: FanOut }) {
    this.#options = options;
  }

  begin(): void {
    this.#unsubscribe = this.#options.fanOut.subscribe((collection) => this.look(collection));
    this.#lookLater();
  }

  open(collection: CollectionId): Promise<Room | undefined> {
    const room = this.#rooms.get(collection);
    if (room !== undefined && !room.isEnded) {
      // From now on again: whoever asked may never come in.
      this.#linger(room);
      return Promise.resolve(room);
    }
    const opening = this.#opening.get(collection) ?? this.#make(collection).finally(() => this.#opening.delete(collection));
    this.#opening.set(collection, opening);
    return opening;
  }

  look(collection: CollectionId): void {
    const room = this.#rooms.get(collection);
    if (room !== undefined) void this.#look([room]);
  }

  nameOf(collection: CollectionId): NamedHandle {
    // A new one each time, also while the room is open: its own would tell a stranger that it is.
    this.#number += 1;
    return new Naming(this.#number, collection, { seq: 0 as CollectionState['head'], receivedAt: 0 }).collection;
  }

  async settled(): Promise<void> {
    await Promise.all([...this.#rooms.values()].map((room) => room.settled()));
  }

  close(): void {
    this.#isClosed = true;
    this.#cancelLook?.();
    this.#unsubscribe();
    for (const cancel of this.#lingering.values()) cancel();
    this.#lingering.clear();
    for (const room of this.#rooms.values()) room.end();
    this.#rooms.clear();
  }

  async #make(collection: CollectionId): Promise<Room | undefined> {
    const state = await this.#options.log.state(collection);
    if (state === undefined || this.#isClosed) return undefined;
    this.#number += 1;
    const room = new Room(
      { collection, number: this.#number, state },
      { ...this.#options, onCommitted: (id) => this.#options.fanOut.publish(id), onEmpty: (empty) => this.#linger(empty) },
    );
    this.#rooms.set(collection, room);
    this.#linger(room);
    return room;
  }

  #linger(room: Room): void {
    this.#lingering.get(room)?.();
    if (this.#isClosed) return;
    this.#lingering.set(
      room,
      this.#options.clock.after(lingerMs, () => {
        this.#lingering.delete(room);
        if (!room.isEmpty && !room.isEnded) return;
        room.end();
        if (this.#rooms.get(room.collection) === room) this.#rooms.delete(room.collection);
      }),
    );
  }

  #lookLater(): void {
    this.#cancelLook = this.#options.clock.after(lookEveryMs, () => {
      void this.#look([...this.#rooms.values()]).finally(() => {
        if (!this.#isClosed) this.#lookLater();
      });
    });
  }

  async #look(rooms: readonly Room[]): Promise<void> {
    const open = rooms.filter((room) => !room.isEnded);
    if (open.length === 0) return;
    try {
      const seen = open.map((room) => ({ collection: room.collection, head: room.state.head, access: room.state.access }));
      for (const { collection, state } of await this.#options.log.changed(seen)) this.#rooms.get(collection)?.look(state);
    } catch {
      // The next second looks again; an outage is reported by those who wait for an answer.
    }
  }
}
