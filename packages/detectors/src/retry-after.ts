const longestWaitMs = 24 * 3_600_000;

/** How long a busy service is left alone that does not say how long. */
export const unsaidWaitMs: number = 60_000;

/**
 * How long a service wants to be left alone by its `Retry-After`, a day at most: seconds, or a moment by the service's own clock (RFC 9110,
 * 10.2.3). Undefined when it says neither.
 */
export function retryAfterOf(headers: Headers): number | undefined {
  const said = headers.get('retry-after')?.trim() ?? '';
  return waitOf(/^\d+$/.test(said) ? Number(said) * 1000 : Date.parse(said) - Date.parse(headers.get('date') ?? ''));
}

/** Seconds of the `retryDelay` of Google's RetryInfo (https://cloud.google.com/apis/design/errors), under the same rule. */
export function retryDelayIn(body: string): number | undefined {
  const said = /"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"/.exec(body.replaceAll('\\"', '"'))?.[1];
  return said === undefined ? undefined : waitOf(Number(said) * 1000);
}

const waitOf = (ms: number): number | undefined => (ms >= 0 ? Math.min(longestWaitMs, Math.ceil(ms)) : undefined);
