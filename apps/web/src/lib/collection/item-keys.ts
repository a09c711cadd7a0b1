import type { ItemsView } from './items-view.svelte.ts';

/** What the keys of the items screen ask of it. */
export interface KeyActs {
  readonly add: () => void;
  readonly search: () => void;
  readonly move: () => void;
  readonly tag: () => void;
  readonly trash: () => void;
  readonly show: (index: number) => void;
  readonly page: () => number;
}

const steps: { readonly [key: string]: number | undefined } = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, Home: -Infinity, End: Infinity };

/** True where keys belong to what is being typed in or to a dialog, tree or menu that has its own; an open dialog has them all. */
export function ownsKeys(target: EventTarget | null): boolean {
  if (document.querySelector('dialog[open], :popover-open')) return true;
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], dialog, [popover], [role="tree"]') !== null
  );
}

/** Answers a key of the items screen; true when it meant something. */
export function onItemsKey(event: KeyboardEvent, view: ItemsView, acts: KeyActs): boolean {
  if (event.ctrlKey || event.metaKey) return onChord(event, view);
  if (event.altKey) return false;
  const by = event.key === 'PageDown' ? acts.page() : event.key === 'PageUp' ? -acts.page() : steps[event.key];
  if (by !== undefined) {
    const at = view.moveCursor(by, event.shiftKey && view.open.canEdit);
    if (at >= 0) acts.show(at);
    return true;
  }
  return onLetter(event.key, view, acts);
}

function onChord(event: KeyboardEvent, view: ItemsView): boolean {
  if (!view.open.canEdit) return false;
  if (event.key === 'z' && !event.shiftKey) return view.open.app.undoLast(view.open.id);
  if (event.key !== 'a' || view.list.ids.length === 0) return false;
  view.selectAll();
  return true;
}

type Answer = (view: ItemsView, acts: KeyActs) => boolean;

const did =
  (act: (view: ItemsView, acts: KeyActs) => void): Answer =>
  (view, acts) => {
    act(view, acts);
    return true;
  };
const toTargets =
  (act: (acts: KeyActs) => void): Answer =>
  (view, acts) => {
    if (view.targets.length > 0) act(acts);
    return view.targets.length > 0;
  };

const always: { readonly [key: string]: Answer | undefined } = {
  '/': did((_view, acts) => acts.search()),
  Enter: openCursor,
  Escape: leave,
};
const whoEdits: { readonly [key: string]: Answer | undefined } = {
  n: did((_view, acts) => acts.add()),
  x: (view) => {
    if (view.cursor) view.toggle(view.cursor);
    return view.cursor !== undefined;
  },
  m: toTargets((acts) => acts.move()),
  t: toTargets((acts) => acts.tag()),
  Delete: toTargets((acts) => acts.trash()),
  Backspace: toTargets((acts) => acts.trash()),
};

function onLetter(key: string, view: ItemsView, acts: KeyActs): boolean {
  const answer = always[key] ?? (view.open.canEdit ? whoEdits[key] : undefined);
  return answer?.(view, acts) ?? false;
}

function openCursor(view: ItemsView): boolean {
  if (!view.cursor) return false;
  void view.open.openItem(view.cursor);
  return true;
}

function leave(view: ItemsView): boolean {
  if (view.selection.size > 0) view.selection.clear();
  else if (view.open.address.item) void view.open.go({ item: undefined });
  else return false;
  return true;
}
