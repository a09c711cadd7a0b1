import type { ItemId } from '@cacaw/protocol';
import type { OpenCollection } from './open-collection.svelte.ts';

/** The item whose row or card the pointer is over. */
export const itemUnder = ({ target }: Event): ItemId | undefined =>
  (target instanceof Element ? target.closest('[id^="item-"]')?.id.slice(5) : undefined) as ItemId | undefined;

/** Pictures dropped on a row go to its item; on the list, or pasted while no item is open, they make one item each. Answers the last one made. */
export async function takeGivenPhotos(open: OpenCollection, event: DragEvent | ClipboardEvent): Promise<ItemId | undefined> {
  const given = 'clipboardData' in event ? event.clipboardData : event.dataTransfer;
  const files = [...(given?.files ?? [])].filter(({ type }) => type === '' || type.startsWith('image/'));
  if (!open.canEdit || files.length === 0 || event.defaultPrevented) return undefined;
  event.preventDefault();
  const onto = 'dataTransfer' in event ? itemUnder(event) : undefined;
  const { addItemsOfPhotos, addPhotosTo } = await import('../photos/add-photos.ts');
  if (!onto) return (await addItemsOfPhotos(open, files)).at(-1);
  await addPhotosTo(open, onto, files);
  return undefined;
}
