import type { Line, LineKind } from '@cacaw/client/notebook';
import type { Selected } from './page-dom.ts';
import { lineAt, ordered, spanAt } from './page-lines.ts';

/** What the toolbar shows: the kind of the line and the look of the character before the caret, in which typing goes on. */
export class PageLook {
  #kind = $state<LineKind>('text');
  #bold = $state(false);
  #italic = $state(false);

  /** What the line of the caret is. */
  get kind(): LineKind {
    return this.#kind;
  }

  get bold(): boolean {
    return this.#bold;
  }

  get italic(): boolean {
    return this.#italic;
  }

  turn(name: 'bold' | 'italic', on: boolean): void {
    if (name === 'bold') this.#bold = on;
    else this.#italic = on;
  }

  describe(lines: readonly Line[], selected: Selected): void {
    const [at, end] = ordered(selected);
    const line = lineAt(lines, at);
    this.#kind = line?.kind ?? 'text';
    const span = line && spanAt(line, end > at ? at + 1 : at);
    this.#bold = span?.bold ?? false;
    this.#italic = span?.italic ?? false;
  }
}
