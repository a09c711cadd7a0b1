import type { ItemId } from '@cacaw/protocol';
import type { ItemsView } from './items-view.svelte.ts';

/** A click on a row: the checkbox or Ctrl selects it, Shift selects up to it, anything else opens it; who only looks only opens. */
export function onPick(event: MouseEvent, view: ItemsView, id: ItemId): void {
  const { canEdit } = view.open;
  const onCheckbox = event.target instanceof Element && event.target.closest('.check, input') !== null;
  if (canEdit && event.shiftKey) {
    event.preventDefault();
    getSelection()?.removeAllRanges();
    view.extendTo(id);
  } else if (canEdit && (onCheckbox || event.ctrlKey || event.metaKey)) {
    view.toggle(id);
  } else {
    view.cursor = id;
    void view.open.openItem(id);
  }
}
