import { Worker } from 'node:worker_threads';
import type { ArchiveBegin, ArchiveStep } from './archive-builder.ts';
import type { ArchiveAnswer } from './archive-worker.ts';

/** A thread of its own that builds one archive, so that a large document holds up nobody. */
export interface ArchiveThread extends AsyncDisposable {
  /** Resolves with the bytes that came of the step; steps run in order. */
  take(step: ArchiveStep): Promise<readonly Uint8Array[]>;
}

const isSource = import.meta.url.endsWith('.ts');
const mostMegabytes = 512;

/** Starts the thread; it ends when disposed of, whatever it is doing. */
export function startArchiveThread(begin: ArchiveBegin): ArchiveThread {
  const worker = new Worker(new URL(isSource ? './archive-worker.ts' : './archive-worker.js', import.meta.url), {
    name: 'cacaw-archive',
    workerData: begin,
    execArgv: isSource ? ['--conditions=@cacaw/source', '--disable-warning=ExperimentalWarning'] : [],
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: mostMegabytes },
  });
  const waiting: { readonly done: (chunks: readonly Uint8Array[]) => void; readonly failed: (error: unknown) => void }[] = [];
  let fault: unknown;
  worker.on('message', (answer: ArchiveAnswer) => {
    const asked = waiting.shift();
    if ('error' in answer) asked?.failed(answer.error);
    else asked?.done(answer.chunks);
  });
  const end = (error: unknown): void => {
    fault ??= error;
    for (const { failed } of waiting.splice(0)) failed(fault);
  };
  worker.on('error', end);
  worker.on('exit', () => end(new Error('The thread that built an archive has ended.')));
  return {
    take: (step) =>
      new Promise((done, failed) => {
        if (fault !== undefined) return failed(fault);
        waiting.push({ done, failed });
        worker.postMessage(step);
      }),
    async [Symbol.asyncDispose]() {
      await worker.terminate();
    },
  };
}
