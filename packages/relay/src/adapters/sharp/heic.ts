import { Worker } from 'node:worker_threads';
import type { HeicAnswer } from './heic-thread.ts';

const isSource = import.meta.url.endsWith('.ts');

/** The pixels of a HEIC picture, decoded while this thread goes on; rejects for what the decoder cannot read. */
export function decodeHeic(bytes: Uint8Array): Promise<HeicAnswer> {
  const thread = new Worker(new URL(isSource ? './heic-thread.ts' : './heic-thread.js', import.meta.url), {
    name: 'cacaw-heic',
    workerData: bytes,
    execArgv: isSource ? ['--conditions=@cacaw/source', '--disable-warning=ExperimentalWarning'] : [],
    env: {},
  });
  return new Promise((done, failed) => {
    thread.once('message', done);
    thread.once('error', failed);
    // After an answer it changes nothing.
    thread.once('exit', (code) => failed(new Error(`The decoder ended with ${code}.`)));
  });
}
