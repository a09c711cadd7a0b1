import type { Line, Notebook, NotebookStatus } from '@cacaw/client/notebook';
import { createSubscriber } from 'svelte/reactivity';

/** An open notebook, read reactively; edit it through `notebook`. */
export class LiveNotebook {
  readonly notebook: Notebook;
  readonly #subscribe: () => void;

  constructor(notebook: Notebook) {
    this.notebook = notebook;
    this.#subscribe = createSubscriber((update) => notebook.onChange(update));
  }

  get lines(): readonly Line[] {
    this.#subscribe();
    return this.notebook.lines;
  }

  get status(): NotebookStatus {
    this.#subscribe();
    return this.notebook.status;
  }

  /** True when the relay made the document anew; offer `toMarkdown` as a file. */
  get isSuperseded(): boolean {
    this.#subscribe();
    return this.notebook.isSuperseded;
  }
}
