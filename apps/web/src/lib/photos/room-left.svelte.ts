import type { CollectionId } from '@cacaw/protocol';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

/** Whoever looks through their items asks once, not for each. */
const freshMs = 60_000;
const known = new Map<CollectionId, { readonly at: number; readonly room: number | null | undefined }>();

/** How many bytes photos of the collection on screen may still take; undefined until that is known, null when there is no limit. */
export class RoomLeft {
  #room = $state.raw<number | null | undefined>();

  /** Must be called while a component is set up. */
  constructor(open: OpenCollection) {
    // Asked anew when all was sent and when something found no room: that is when it is another.
    const when = $derived.by(() => {
      const { onTheirWay = [], paused } = open.report?.photos ?? {};
      return open.row?.mode === 'sync' && open.canEdit ? `${open.id} ${onTheirWay.length === 0} ${paused === 'room'}` : '';
    });
    let before = '';
    $effect(() => {
      if (when === '') return;
      const isChange = before.startsWith(open.id) && before !== when;
      before = when;
      void this.#ask(open, isChange);
    });
  }

  get bytes(): number | null | undefined {
    return this.#room;
  }

  async #ask({ id, app }: OpenCollection, isChange: boolean): Promise<void> {
    const found = known.get(id);
    if (found && !isChange && Date.now() - found.at < freshMs) {
      this.#room = found.room;
      return;
    }
    const room = await app.cacaw.photoRoom(id).catch(() => undefined);
    known.set(id, { at: Date.now(), room });
    this.#room = room;
  }
}
