import type { Box } from '@cacaw/protocol/detection';
import type { Corner } from '../photos/pulling.ts';
import { acrossFrom, boxBetween, isDragged, type Spot } from './box-drawing.ts';
import type { ReviewView } from './review-view.svelte.ts';

/** How a drawing ends: kept, taken back, or given up for what was proposed, which may be the whole photo. */
export type DrawingEnd = 'done' | 'back' | 'proposed';

/** The drawing of one line's place in its photo. What is drawn counts at once; taken back, it is as it was before. */
export class Drawing {
  readonly #view: Pick<ReviewView, 'review' | 'draw' | 'settle'>;
  #at = $state<number>();
  #before: Box | undefined;
  /** Where the finger went down, or the corner across from the one that is pulled. */
  #anchor: Spot | undefined;
  #pulled = $state.raw<Box>();

  constructor(view: Pick<ReviewView, 'review' | 'draw' | 'settle'>) {
    this.#view = view;
  }

  /** The line whose box is being drawn. */
  get at(): number | undefined {
    return this.#at;
  }

  /** The box under the finger, on the picture as it is seen; it counts once that is lifted. */
  get pulled(): Box | undefined {
    return this.#pulled;
  }

  begin(at: number): void {
    this.#before = this.#view.review?.lines[at]?.drawn;
    this.#at = at;
  }

  /** A finger goes down somewhere, or on a corner of the box that stands there; false while another one draws. */
  press(spot: Spot, corner?: { readonly of: Box; readonly name: Corner }): boolean {
    if (this.#at === undefined || this.#anchor) return false;
    this.#anchor = corner ? acrossFrom(corner.of, corner.name) : spot;
    return true;
  }

  /** It moves; a click that trembles draws nothing. */
  pull(spot: Spot): void {
    if (this.#anchor && (this.#pulled || isDragged(this.#anchor, spot))) this.#pulled = boxBetween(this.#anchor, spot);
  }

  /** It is lifted, or was taken away: what it drew, if anything. */
  release(): Box | undefined {
    const pulled = this.#pulled;
    this.#anchor = undefined;
    this.#pulled = undefined;
    return pulled;
  }

  end(): void {
    this.release();
    if (this.#at !== undefined) void this.#view.settle();
    this.#at = undefined;
  }

  takeBack(): void {
    if (this.#at !== undefined) this.#view.draw(this.#at, this.#before);
    this.end();
  }
}
