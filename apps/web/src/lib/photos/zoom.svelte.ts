interface ZoomActs {
  /** The next photo, or the one before. */
  readonly step: (by: number) => void;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

const largest = 8;
/** How far a finger goes before it has turned the page. */
const swipe = 60;

/** How large a photo is shown and what of it: by wheel, keys, two fingers, or a double tap; one finger turns the page while all is shown. */
export class Zoom {
  readonly #acts: ZoomActs;
  #scale = $state(1);
  #at = $state.raw<Point>({ x: 0, y: 0 });
  readonly #fingers = new Map<number, Point>();
  #from: Point = { x: 0, y: 0 };
  /** Two fingers that let go one after the other are no swipe of the last one. */
  #isPinch = false;

  constructor(acts: ZoomActs) {
    this.#acts = acts;
  }

  get scale(): number {
    return this.#scale;
  }

  get transform(): string {
    return `translate(${this.#at.x}px, ${this.#at.y}px) scale(${this.#scale})`;
  }

  by(factor: number): void {
    this.#scale = Math.max(1, Math.min(largest, this.#scale * factor));
    if (this.#scale === 1) this.#at = { x: 0, y: 0 };
  }

  reset = (): void => {
    this.#scale = 1;
    this.#at = { x: 0, y: 0 };
  };

  toggle = (): void => {
    if (this.#scale > 1) this.reset();
    else this.by(2.5);
  };

  onkeydown = (event: KeyboardEvent): void => {
    const acts: { readonly [key: string]: () => void } = {
      ArrowLeft: () => (this.#scale > 1 ? this.#move(60, 0) : this.#acts.step(-1)),
      ArrowRight: () => (this.#scale > 1 ? this.#move(-60, 0) : this.#acts.step(1)),
      ArrowUp: () => this.#move(0, 60),
      ArrowDown: () => this.#move(0, -60),
      '+': () => this.by(1.5),
      '=': () => this.by(1.5),
      '-': () => this.by(1 / 1.5),
      '0': this.reset,
    };
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : acts[event.key];
    if (!act) return;
    event.preventDefault();
    // The list below has shortcuts of its own.
    event.stopPropagation();
    act();
  };

  onwheel = (event: WheelEvent): void => {
    event.preventDefault();
    this.by(event.deltaY < 0 ? 1.15 : 1 / 1.15);
  };

  onpointerdown = (event: PointerEvent): void => {
    (event.currentTarget as HTMLElement).setPointerCapture(event.pointerId);
    this.#fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.#isPinch = this.#fingers.size > 1;
    this.#from = { x: event.clientX, y: event.clientY };
  };

  onpointermove = (event: PointerEvent): void => {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.#fingers].find(([id]) => id !== event.pointerId)?.[1];
    this.#fingers.set(event.pointerId, now);
    if (other) this.by(distance(now, other) / Math.max(1, distance(before, other)));
    else if (this.#scale > 1) this.#move(now.x - before.x, now.y - before.y);
  };

  onpointerup = (event: PointerEvent): void => {
    if (!this.#fingers.delete(event.pointerId) || event.type === 'pointercancel') return;
    const far = event.clientX - this.#from.x;
    if (!this.#isPinch && this.#scale === 1 && Math.abs(far) > swipe) this.#acts.step(far < 0 ? 1 : -1);
  };

  #move(x: number, y: number): void {
    if (this.#scale > 1) this.#at = { x: this.#at.x + x, y: this.#at.y + y };
  }
}

const distance = (one: Point, other: Point): number => Math.hypot(one.x - other.x, one.y - other.y);
