import { check, problemBody } from '@cacaw/protocol/http';
import type * as v from 'valibot';

/** Why the server did not do what was asked; the message says what to do. */
class AskError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Asks the server that served this page, as whoever its cookie says; an answer of another shape is believed by nobody. */
export async function ask<T>(
  method: 'GET' | 'POST' | 'PATCH',
  path: string,
  schema: v.GenericSchema<unknown, T>,
  body?: object,
): Promise<T> {
  const json = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const answer = await fetch(path, { method, cache: 'no-store', ...json }).catch((cause: unknown) => {
    throw new AskError('unreachable', 'The server could not be reached. Try again in a moment.', { cause });
  });
  const said: unknown = await answer.json().catch(() => undefined);
  if (!answer.ok) throw refusal(answer.status, said);
  const checked = check(schema, said);
  if (!checked.ok) throw new AskError('unreadable', 'The server answered something this app cannot read. Reload the page.');
  return checked.value;
}

function refusal(status: number, said: unknown): AskError {
  const problem = check(problemBody, said);
  if (problem.ok) return new AskError(problem.value.code, problem.value.detail);
  return new AskError(`http-${status}`, `The server answered ${status}. Try again in a moment.`);
}
