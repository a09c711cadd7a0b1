import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { FakeReply } from '@cacaw/detectors/fake-vision';

/** Puts answers behind those that wait already, and asks what has been seen. */
export interface ToVision {
  readonly id: number;
  readonly next: readonly FakeReply[];
}

interface Seen {
  readonly prompt: string;
  readonly key?: string | undefined;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A detection service that follows Gemini's wire and answers what a journey says; once nothing is left, that it sees nothing. */
export class Vision {
  readonly url: string;
  readonly #child: ChildProcess;
  #id = 0;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  static async start(): Promise<Vision> {
    const child = fork(resolve(import.meta.dirname, 'run-vision.ts'), { execArgv: ['--conditions=@cacaw/source'] });
    const [{ url }] = (await once(child, 'message')) as [{ url: string }];
    return new Vision(child, url);
  }

  async next(...replies: readonly FakeReply[]): Promise<void> {
    await this.#ask(replies);
  }

  /** Every question so far, by whomever. */
  async seen(): Promise<readonly Seen[]> {
    return this.#ask([]);
  }

  async stop(): Promise<void> {
    const ended = once(this.#child, 'exit');
    this.#child.disconnect();
    await ended;
  }

  #ask(next: readonly FakeReply[]): Promise<readonly Seen[]> {
    this.#id += 1;
    const id = this.#id;
    return new Promise((done) => {
      const listen = (answer: { readonly id: number; readonly seen: readonly Seen[] }): void => {
        if (answer.id !== id) return;
        this.#child.off('message', listen);
        done(answer.seen);
      };
      this.#child.on('message', listen);
      this.#child.send({ id, next } satisfies ToVision);
    });
  }
}

/** A thing as a model names it; the box in thousandths, as models give it. */
export function thing(name: string, confidence: number, { x, y, width, height }: Box, more: object = {}): object {
  return {
    name,
    type: 'household',
    series: '',
    condition: 'good',
    description: '',
    estimatedValue: null,
    currency: 'EUR',
    tags: [],
    confidence,
    box: [y, x, y + height, x + width].map((part) => Math.round(1000 * part)),
    ...more,
  };
}
