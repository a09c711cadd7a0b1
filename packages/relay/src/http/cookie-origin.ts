/**
 * Whether a request may act by the cookie a browser sends along: only from pages that name a listed origin. A bearer token, which
 * no page of another site can send, counts before it.
 */
export const mayActByCookie = (headers: Headers, origins: readonly string[]): boolean =>
  !headers.has('cookie') || headers.has('authorization') || origins.includes(headers.get('origin') ?? '');
