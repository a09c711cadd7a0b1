import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from './open-collection.svelte.ts';

/** Pictures dropped on the list, or pasted while no item is open, make one item each; answers the last of them. */
export async function takeGivenPhotos(open: OpenCollection, event: DragEvent | ClipboardEvent): Promise<ItemId | undefined> {
  const given = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
  const files = [...(given?.files ?? [])].filter(({ type }) => type === '' || type.startsWith('image/'));
  if (!open.canEdit || files.length === 0 || event.defaultPrevented) return undefined;
  event.preventDefault();
  const { addItemsOfPhotos } = await import('../photos/add-photos.ts');
  return (await addItemsOfPhotos(open, files)).at(-1);
}
