import type { Clock, Random } from '@cacaw/protocol';
import type { Stop } from './cacaw.ts';
import type { TabLocks } from './tab-channel.ts';

/** What tabs without Web Locks say to each other about locks. */
export type LockMessage =
  | { readonly type: 'who'; readonly name: string }
  | { readonly type: 'held'; readonly name: string }
  | { readonly type: 'stolen'; readonly name: string };

/** What locks of a browser without Web Locks are agreed over. */
export interface LockChannel {
  post(message: LockMessage): void;
  onMessage(listener: (message: LockMessage) => void): Stop;
}

/** What such locks are made of. */
export interface ChannelLocksPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly channel: LockChannel;
}

const answerMs = 400;
const pollMs = 1_500;

/**
 * Locks for browsers that give none (plain http, as a phone on the local network has it): whoever hears no holder takes it.
 * Two may take one at the same moment; the device's term row fences one of them off, which then asks again.
 */
export const createChannelLocks = (ports: ChannelLocksPorts): TabLocks => new ChannelLocks(ports);

class ChannelLocks implements TabLocks {
  readonly #ports: ChannelLocksPorts;
  readonly #held = new Map<string, () => void>();
  readonly #answered = new Set<string>();

  constructor(ports: ChannelLocksPorts) {
    this.#ports = ports;
    ports.channel.onMessage((message) => this.#hear(message));
  }

  async take(name: string, { steal, signal, lost }: Parameters<TabLocks['take']>[1]): Promise<{ release(): void }> {
    if (steal) this.#ports.channel.post({ type: 'stolen', name });
    while (!steal && (await this.#isTaken(name))) {
      signal.throwIfAborted();
      await this.#pause(pollMs * (0.5 + this.#fraction()), signal);
    }
    signal.throwIfAborted();
    this.#held.set(name, lost);
    return { release: () => void (this.#held.get(name) === lost && this.#held.delete(name)) };
  }

  async #isTaken(name: string): Promise<boolean> {
    if (this.#held.has(name)) return true;
    this.#answered.delete(name);
    this.#ports.channel.post({ type: 'who', name });
    await this.#pause(answerMs, undefined);
    return this.#answered.has(name);
  }

  #hear(message: LockMessage): void {
    if (message.type === 'held') this.#answered.add(message.name);
    else if (message.type === 'who' && this.#held.has(message.name)) this.#ports.channel.post({ type: 'held', name: message.name });
    else if (message.type === 'stolen') this.#lose(message.name);
  }

  #lose(name: string): void {
    const lost = this.#held.get(name);
    this.#held.delete(name);
    lost?.();
  }

  #pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.#ports.clock.after(ms, resolve);
      signal?.addEventListener('abort', () => {
        cancel();
        reject(signal.reason as Error);
      });
    });
  }

  #fraction(): number {
    return (this.#ports.random.bytes(1)[0] ?? 0) / 256;
  }
}
