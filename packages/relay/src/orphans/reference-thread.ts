import { Worker } from 'node:worker_threads';
import type { ReadReferences } from './reference-reader.ts';
import type { ReferenceAnswer } from './reference-worker.ts';

/** A thread of its own that reads documents, so that a large one holds up nobody. */
export interface ReferenceThread extends AsyncDisposable {
  readonly read: ReadReferences;
}

const isSource = import.meta.url.endsWith('.ts');
const mostMegabytes = 512;

/** Starts the thread; it ends when disposed of. */
export function startReferenceThread(): ReferenceThread {
  const worker = new Worker(new URL(isSource ? './reference-worker.ts' : './reference-worker.js', import.meta.url), {
    name: 'cacaw-references',
    execArgv: isSource ? ['--conditions=@cacaw/source', '--disable-warning=ExperimentalWarning'] : [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  const waiting: { readonly done: (answer: ReferenceAnswer) => void; readonly failed: (error: unknown) => void }[] = [];
  let fault: unknown;
  const end = (error: unknown): void => {
    fault ??= error;
    for (const { failed } of waiting.splice(0)) failed(fault);
  };
  worker.on('message', (answer: ReferenceAnswer) => waiting.shift()?.done(answer));
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that read references has ended.')));
  return {
    async read(updates, nowMs) {
      const answer = await new Promise<ReferenceAnswer>((done, failed) => {
        if (fault !== undefined) return failed(fault);
        waiting.push({ done, failed });
        worker.postMessage({ updates, nowMs });
      });
      if ('error' in answer) throw answer.error;
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
