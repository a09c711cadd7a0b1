import type { PictureSize, Square } from '@cacaw/protocol';
import { arrowOf, type Corner } from './pulling.ts';

const least = 100;
const step = 20;

/** The square that is being cut out of a picture, in thousandths of its shorter side; it never leaves the picture. */
export class CropSquare {
  readonly #picture: () => PictureSize;
  #square = $state.raw<Square>({ left: 0, top: 0, side: 1000 });

  constructor(picture: () => PictureSize) {
    this.#picture = picture;
  }

  get square(): Square {
    return this.#square;
  }

  /** Measures of the picture in the same thousandths. */
  get bounds(): PictureSize {
    const { width, height } = this.#picture();
    const unit = Math.min(width, height) / 1000;
    return { width: Math.round(width / unit), height: Math.round(height / unit) };
  }

  /** Begins with a square, or with the largest in the middle. */
  begin(square: Square | null): void {
    const { width, height } = this.bounds;
    this.#set(square ?? { left: (width - 1000) / 2, top: (height - 1000) / 2, side: 1000 });
  }

  move(right: number, down: number): void {
    const { left, top, side } = this.#square;
    this.#set({ left: left + right, top: top + down, side });
  }

  /** Makes it larger, keeping the corner across from the one that is pulled. */
  grow(by: number, corner: Corner = 'bottom-right'): void {
    const { left, top, side } = this.#square;
    const room = this.#room(corner);
    const grown = Math.max(least, Math.min(side + by, room));
    const more = grown - side;
    this.#set({ left: corner.endsWith('left') ? left - more : left, top: corner.startsWith('top') ? top - more : top, side: grown });
  }

  /** Arrows move, Shift with an arrow changes the size; true when the key was one of these. */
  onkey(event: KeyboardEvent, corner?: Corner): boolean {
    const arrow = arrowOf(event);
    if (!arrow) return false;
    const [right, down] = arrow;
    if (corner) this.grow(pull(corner, right * step, down * step), corner);
    else if (event.shiftKey) this.grow((right || -down) * step);
    else this.move(right * step, down * step);
    return true;
  }

  #room(corner: Corner): number {
    const { left, top, side } = this.#square;
    const { width, height } = this.bounds;
    return Math.min(1000, corner.endsWith('left') ? left + side : width - left, corner.startsWith('top') ? top + side : height - top);
  }

  #set({ left, top, side }: Square): void {
    const { width, height } = this.bounds;
    const held = (at: number, most: number): number => Math.round(Math.max(0, Math.min(most, at)));
    const whole = Math.round(side);
    this.#square = { left: held(left, width - whole), top: held(top, height - whole), side: whole };
  }
}

/** How much a pull by so much at a corner makes the square larger. */
export function pull(corner: Corner, right: number, down: number): number {
  const out = corner.endsWith('left') ? -right : right;
  const away = corner.startsWith('top') ? -down : down;
  return Math.abs(out) > Math.abs(away) ? out : away;
}
