import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A detection service that always sees one thing; where it stands, and how often it was asked. */
export interface Vision {
  readonly url: string;
  asked(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts the strict fake of Gemini's wire in a process of its own. */
export async function startVision(): Promise<Vision> {
  const child = fork(resolve(import.meta.dirname, 'run-vision.ts'), { execArgv: ['--conditions=@cacaw/source'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async asked() {
      const answer = once(child, 'message') as Promise<[{ asked: number }]>;
      child.send('asked');
      return (await answer)[0].asked;
    },
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
