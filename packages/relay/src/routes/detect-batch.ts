import type { DetectAnswer, DetectBatchLine } from '@cacaw/protocol/http';
import { problemOfError } from '../http/problem-of-error.ts';

/** Pictures of one batch that are looked at together. */
const together = 4;

/** Looks at the picture of a batch that stands at `index`. */
export type LookAt = (index: number, signal: AbortSignal) => Promise<DetectAnswer>;

/** One line per picture in order of completion; whoever leaves ends what has not been sent. */
export function batchStream(count: number, look: LookAt, signal: AbortSignal): ReadableStream<Uint8Array> {
  const leaving = new AbortController();
  const ends = AbortSignal.any([signal, leaving.signal]);
  const encoder = new TextEncoder();
  let next = 0;
  const work = async (write: (line: DetectBatchLine) => void): Promise<void> => {
    while (next < count && !ends.aborted) {
      const line = await lineOf(next++, look, ends);
      if (!ends.aborted) write(line);
    }
  };
  return new ReadableStream({
    async start(controller) {
      const write = (line: DetectBatchLine): void => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      await Promise.all(Array.from({ length: Math.min(together, count) }, () => work(write)));
      if (!ends.aborted) controller.close();
    },
    cancel: () => leaving.abort(),
  });
}

async function lineOf(index: number, look: LookAt, signal: AbortSignal): Promise<DetectBatchLine> {
  try {
    return { index, answer: await look(index, signal) };
  } catch (error) {
    const found = problemOfError(error);
    if (found === undefined)
      return { index, problem: { code: 'internal', detail: 'The relay failed to look at this picture; try again.' } };
    return { index, problem: { code: found.code, detail: found.detail, retryAfterMs: found.details?.retryAfterMs } };
  }
}
