/** Takes what stands behind `#` out of the address bar, so that it is neither copied nor photographed, and returns it. */
export function takeFragment(): string {
  const secret = location.hash.slice(1);
  if (secret !== '') history.replaceState(history.state, '', `${location.pathname}${location.search}`);
  return secret;
}
