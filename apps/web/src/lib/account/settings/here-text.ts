/** What works on this device without its server: `count` collections, whose changes are sent later where the device syncs. */
export function hereText(count: number, syncs: boolean): string {
  if (count === 0) return 'New collections can be made all the same, and are kept here.';
  const what = count === 1 ? 'Its collection works' : `Its ${count.toLocaleString()} collections work`;
  return `${what} as always: look, search, change and photograph. Everything is kept here${syncs ? ', and what is shared is sent later' : ''}.`;
}
