import { codeOf } from '#lib/app/code-of.ts';

/** A refusal as a person reads it: what happened and what to do. */
export interface AccountFailure {
  readonly code: string;
  readonly text: string;
}

/** Programs are told the wait in seconds; people read it once, in the unit they would say. */
const waitInSeconds = /; come back in \d+ seconds\.$/;

/** Our own errors say what to do; anything else is a fault of this app. */
export function failureOf(error: unknown): AccountFailure {
  const code = codeOf(error);
  if (code === 'unexpected' || !(error instanceof Error)) {
    return { code, text: 'Something in this app failed. Reload the page and try again; everything on this device stays as it is.' };
  }
  return { code, text: textOf(error) };
}

function textOf(error: Error): string {
  const wait = waitText(error);
  return wait === '' ? error.message : `${error.message.replace(waitInSeconds, '.')}${wait}`;
}

function waitText(error: Error): string {
  const seconds = 'retryAfterSeconds' in error ? error.retryAfterSeconds : undefined;
  if (typeof seconds !== 'number') return '';
  if (seconds < 90) return ` Possible again in ${seconds === 1 ? '1 second' : `${seconds} seconds`}.`;
  return ` Possible again in ${Math.ceil(seconds / 60)} minutes.`;
}
