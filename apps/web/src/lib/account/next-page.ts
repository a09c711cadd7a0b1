/** Where to go after signing in or up: a page of this app, never another site; the overview when nothing fits. */
export function nextPage(search: Pick<URLSearchParams, 'get'>): string {
  const wanted = search.get('next') ?? '';
  // `//host` and `/\host` leave the app although they begin with a slash.
  return /^\/(?![/\\])[^\s\\]*$/.test(wanted) ? wanted : '/collections';
}

/** The address of an account page that leads back to `next`. */
export function withNext(path: string, next: string): string {
  return next === '/collections' ? path : `${path}?${new URLSearchParams({ next })}`;
}
