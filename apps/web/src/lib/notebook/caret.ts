import type { Notebook } from '@cacaw/client/notebook';
import * as Y from 'yjs';
import type { Selected } from './page-dom.ts';

/** What is selected in a page, held so that what others write moves it with its word. */
export class Caret {
  readonly #notebook: Notebook;
  #anchors: { readonly from: Y.RelativePosition; readonly to: Y.RelativePosition } | undefined;

  constructor(notebook: Notebook) {
    this.#notebook = notebook;
  }

  /** Undefined until something was selected. */
  get selected(): Selected | undefined {
    const { doc } = this.#notebook;
    if (!this.#anchors) return undefined;
    const from = Y.createAbsolutePositionFromRelativePosition(this.#anchors.from, doc)?.index;
    const to = Y.createAbsolutePositionFromRelativePosition(this.#anchors.to, doc)?.index;
    return from === undefined || to === undefined ? undefined : { from, to };
  }

  keep({ from, to }: Selected): void {
    const { text } = this.#notebook;
    const anchor = (index: number): Y.RelativePosition => Y.createRelativePositionFromTypeIndex(text, Math.min(index, text.length), -1);
    this.#anchors = { from: anchor(from), to: anchor(to) };
  }
}
