export { LiveAccount, liveDevice } from './account.svelte.ts';
export { LiveCollection, liveCollections, liveItem, type CollectionCommand } from './collection.svelte.ts';
export { getCacaw, setCacaw } from './context.ts';
export { applySplices, LiveList } from './list.svelte.ts';
export { Live } from './live.svelte.ts';
export { LiveNotebook } from './notebook.svelte.ts';
export { LiveSharing } from './sharing.svelte.ts';
