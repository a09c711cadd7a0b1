import { closeReasons, pingIntervalMs, type Clock, type CloseName, type Wire } from '@cacaw/protocol';
import type { NamedHandle, RoomFrame } from '../room/naming.ts';

/** The sending side of one connection. */
export interface Outlet {
  readonly isClosed: boolean;
  /** More is on its way than a reader may leave unread: what it has asked for can wait. */
  readonly isBehind: boolean;
  /** Sends frames that use no handles. */
  send(frames: readonly Uint8Array[]): void;
  /** Sends a room's frame, defining first what this connection has not been told. Whoever leaves too much of it unread is closed. */
  sendFrom(frame: RoomFrame): void;
  /** Sends a page, which never counts against its reader: the next one waits instead. */
  sendPage(frame: RoomFrame): void;
  /** Tells what a handle means, unless that was told. */
  define(named: NamedHandle): void;
  close(name: CloseName, reason: string): void;
}

/** Bytes nobody has read: beyond it of pages the next one waits, beyond it of anything else the connection is closed. */
const maxUnreadBytes = 4 * 1024 * 1024;

/** The outlet of a wire; `onQuiet` is called when nothing was sent for 20 s. */
export function createOutlet(options: {
  readonly wire: Wire;
  readonly clock: Clock;
  readonly onQuiet: () => void;
  readonly onClosed: () => void;
}): Outlet {
  return new WireOutlet(options);
}

class WireOutlet implements Outlet {
  readonly #wire: Wire;
  readonly #clock: Clock;
  readonly #onClosed: () => void;
  readonly #onQuiet: () => void;
  readonly #defined = new Set<string>();
  #unreadBytes = 0;
  #sentAt: number;
  #cancelQuiet: (() => void) | undefined;
  #isClosed = false;

  constructor({
    wire,
    clock,
    onQuiet,
    onClosed,
  }: {
    readonly wire: Wire;
    readonly clock: Clock;
    readonly onQuiet: () => void;
    readonly onClosed: () => void;
  }) {
    this.#wire = wire;
    this.#clock = clock;
    this.#onQuiet = onQuiet;
    this.#onClosed = onClosed;
    this.#sentAt = clock.now();
    this.#watch();
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isBehind(): boolean {
    return this.#wire.buffered > maxUnreadBytes;
  }

  send(frames: readonly Uint8Array[]): void {
    this.#put(frames);
    this.#count(frames);
  }

  sendFrom(frame: RoomFrame): void {
    for (const named of frame.uses) this.define(named);
    this.send(frame.frames);
  }

  sendPage(frame: RoomFrame): void {
    for (const named of frame.uses) this.define(named);
    this.#put(frame.frames);
  }

  define(named: NamedHandle): void {
    if (this.#defined.has(named.key)) return;
    this.#defined.add(named.key);
    this.send([named.define]);
  }

  close(name: CloseName, reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#cancelQuiet?.();
    this.#wire.close(closeReasons[name].code, reason);
    this.#onClosed();
  }

  #put(frames: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    this.#sentAt = this.#clock.now();
    for (const frame of frames) this.#wire.send(frame);
  }

  #count(frames: readonly Uint8Array[]): void {
    if (this.#isClosed) return;
    for (const frame of frames) this.#unreadBytes += frame.length;
    // What is buffered may be pages, and a puller is never closed for being slow; what was read is no longer unread.
    this.#unreadBytes = Math.min(this.#unreadBytes, this.#wire.buffered);
    if (this.#unreadBytes > maxUnreadBytes) this.close('overloaded', 'This connection lags behind; come back and pull.');
  }

  #watch(): void {
    if (this.#isClosed) return;
    const waitMs = this.#sentAt + pingIntervalMs - this.#clock.now();
    if (waitMs <= 0) this.#onQuiet();
    this.#cancelQuiet = this.#clock.after(waitMs <= 0 ? pingIntervalMs : waitMs, () => this.#watch());
  }
}
