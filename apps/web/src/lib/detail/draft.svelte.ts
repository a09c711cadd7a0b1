import { reasonOf } from '#lib/app/failures.ts';

interface DraftOptions {
  /** What is kept now, as the field shows it. */
  readonly kept: () => string;
  /** Keeps the typed text; rejects with the reason when it cannot. */
  readonly keep: (typed: string) => Promise<unknown>;
}

/** How long a kept text stays on screen while its row travels back, so that the old value never flashes. */
const settleMs = 400;

/**
 * What stands in one field while it is being edited. Untouched it follows the row, so edits of others appear at once; typed
 * text is kept on blur or Enter, Escape goes back to the row, and a refused text stays in the field with its reason.
 */
export class Draft {
  #typed = $state<string | undefined>();
  #error = $state('');
  readonly #options: DraftOptions;

  constructor(options: DraftOptions) {
    this.#options = options;
  }

  get text(): string {
    return this.#typed ?? this.#options.kept();
  }

  set text(typed: string) {
    this.#typed = typed;
    this.#error = '';
  }

  /** Why what stands here is not kept; gone as soon as it is, also when that was done elsewhere (a retry). */
  get error(): string {
    return this.dirty ? this.#error : '';
  }

  get dirty(): boolean {
    return this.#typed !== undefined && this.#typed !== this.#options.kept();
  }

  revert = (): void => {
    this.#typed = undefined;
    this.#error = '';
  };

  commit = async (): Promise<void> => {
    const typed = this.#typed;
    if (typed === undefined) return;
    if (!this.dirty) return this.revert();
    try {
      await this.#options.keep(typed);
      setTimeout(() => this.#typed === typed && this.revert(), settleMs);
    } catch (error) {
      this.#error = reasonOf(error);
    }
  };

  /** Enter keeps (Ctrl+Enter where Enter makes a line), Escape reverts; neither reaches the list's shortcuts. */
  onkeydown = (event: KeyboardEvent): void => {
    const lines = event.currentTarget instanceof HTMLTextAreaElement;
    if (event.key === 'Enter' && !event.isComposing && (!lines || event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      void this.commit();
    } else if (event.key === 'Escape' && this.dirty) {
      event.preventDefault();
      event.stopPropagation();
      this.revert();
    }
  };
}
