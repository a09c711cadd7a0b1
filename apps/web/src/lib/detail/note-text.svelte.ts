import { reasonOf } from '#lib/app/failures.ts';
import { caretAfter, mergeTexts, replacementOf } from './text-merge.ts';

interface NoteOptions {
  readonly kept: () => string;
  readonly keep: (before: string, after: string) => Promise<unknown>;
}

/** Typing is kept after this pause, so that others read along and a crash costs little. */
const pauseMs = 500;

/**
 * A shared text in a textarea. `base` is the text both sides agreed on last; what was typed since goes out as the difference
 * to it, what others wrote is merged into what stands here without moving the caret off its word.
 */
export class NoteText {
  #text = $state('');
  #error = $state('');
  #base: string;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #sending = false;
  readonly #options: NoteOptions;

  constructor(options: NoteOptions) {
    this.#options = options;
    this.#base = options.kept();
    this.#text = this.#base;
  }

  get text(): string {
    return this.#text;
  }

  get error(): string {
    return this.#error;
  }

  type(text: string): void {
    this.#text = text;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.flush(), pauseMs);
  }

  /** Keeps what was typed; runs again while more was typed meanwhile. */
  flush = async (): Promise<void> => {
    clearTimeout(this.#timer);
    while (!this.#sending && this.#text !== this.#base) {
      const before = this.#base;
      const after = this.#text;
      this.#sending = true;
      this.#base = after;
      try {
        await this.#options.keep(before, after);
        this.#error = '';
      } catch (error) {
        this.#base = before;
        this.#error = reasonOf(error);
        this.#sending = false;
        return;
      }
      this.#sending = false;
    }
  };

  /** Takes what the row says now into `area`; called whenever the row changed. */
  follow(kept: string, area: HTMLTextAreaElement | undefined): void {
    if (this.#sending || kept === this.#base) return;
    const merged = mergeTexts(this.#base, this.#text, kept);
    const change = replacementOf(this.#text, merged);
    this.#base = kept;
    this.#text = merged;
    if (!area || area.value === merged) return;
    const [start, end] = [area.selectionStart, area.selectionEnd];
    area.value = merged;
    if (document.activeElement === area) area.setSelectionRange(caretAfter(start, change), caretAfter(end, change));
  }
}
