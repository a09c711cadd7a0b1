import { boundedFetch, retryAfterOf, unsaidWaitMs } from '@cacaw/detectors';
import * as v from 'valibot';
import { LookupError } from '../ports/lookup-source.ts';

/** One question to a service: whole, and under our own name, as the services ask for. */
export interface JsonQuestion {
  readonly url: string;
  readonly agent: string;
  readonly signal: AbortSignal;
}

/**
 * Reads JSON of a service whose answers are not trusted: no redirect, at most a megabyte, held to a schema that lets unknown fields pass.
 * `null` where the service knows of nothing (404); rejects with a {@link LookupError}.
 */
export async function readJson<Value>(
  { url, agent, signal }: JsonQuestion,
  schema: v.GenericSchema<unknown, Value>,
): Promise<Value | null> {
  const answer = await boundedFetch(url, { signal, headers: { accept: 'application/json', 'user-agent': agent } }).catch(
    (cause: unknown) => {
      throw new LookupError('unavailable', 'The service cannot be reached.', { cause });
    },
  );
  if (answer.status === 404) return null;
  if (answer.status === 429)
    throw new LookupError('busy', 'The service is busy.', { retryAfterMs: retryAfterOf(answer.headers) ?? unsaidWaitMs });
  if (answer.status >= 400 && answer.status < 500) throw new LookupError('refused', `The service answered ${answer.status}.`);
  if (answer.status !== 200) throw new LookupError('unavailable', `The service answered ${answer.status}.`);
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), schema), await answer.text());
  if (!read.success) throw new LookupError('unreadable', 'The service answered another shape than it documents.');
  return read.output;
}
