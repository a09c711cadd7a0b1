import type { RateLimiter } from '../ports/rate-limiter.ts';

/** What came of asking for one of the day's questions to a source. */
export type Ration = { readonly isAllowed: true } | { readonly isAllowed: false; readonly retryAfterMs: number };

/**
 * One of the questions that a source answers this relay in a day: of the account's own part, or of what belongs to nobody and goes to who comes
 * first. So one person alone has most of the day, and still finds nothing used up by another.
 */
export async function takeRation(limiter: Pick<RateLimiter, 'take'>, { source, account }: Asking): Promise<Ration> {
  const part = await limiter.take('lookup-part', account);
  if (part.isAllowed) return { isAllowed: true };
  const common = await limiter.take('lookup-common', source);
  return common.isAllowed ? { isAllowed: true } : { isAllowed: false, retryAfterMs: Math.min(part.resetMs, common.resetMs) };
}

interface Asking {
  readonly source: string;
  readonly account: string;
}
