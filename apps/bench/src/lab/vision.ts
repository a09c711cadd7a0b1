import { fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A detection service that always sees one thing: where it stands, and what it was asked. */
export interface Vision extends AsyncDisposable {
  readonly url: string;
  /** What each answer took by its own clock, from the last byte of the request, in milliseconds. */
  took(): Promise<readonly number[]>;
}

/** Starts the strict fake of Gemini's wire in a process of its own. */
export async function startVision(): Promise<Vision> {
  const child = fork(resolve(import.meta.dirname, 'run-vision.ts'), { execArgv: ['--conditions=@cacaw/source'] });
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    async took() {
      const answer = once(child, 'message') as Promise<[{ took: readonly number[] }]>;
      child.send('took');
      return (await answer)[0].took;
    },
    async [Symbol.asyncDispose]() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
