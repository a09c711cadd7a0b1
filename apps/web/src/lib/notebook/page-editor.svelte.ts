import type { Line, LineKind, Notebook } from '@cacaw/client/notebook';
import * as Y from 'yjs';
import { replacementOf } from '../detail/text-merge.ts';
import { Caret } from './caret.ts';
import { drawLines, positionOf, readSelection, readText, writeSelection, type Selected } from './page-dom.ts';
import { isKind, lineAt, lineIndexAt, ordered, stepAfter, stepBefore } from './page-lines.ts';
import { PageLook } from './page-look.svelte.ts';

const shortcuts: { readonly [typed: string]: LineKind } = { '# ': 'heading', '- ': 'open', '[] ': 'open', '[ ] ': 'open' };

/**
 * The notebook's page in a contenteditable element.
 *
 * 1. The page is the truth: what the browser wants to do to the DOM is prevented, done to the page, and drawn from there.
 * 2. Only composing (accents, other scripts, phone keyboards) writes into the DOM first; it is read back when it ends, and
 *    nothing is drawn meanwhile.
 * 3. What is selected is kept by {@link Caret}: what others write moves it.
 */
export class PageEditor {
  readonly #notebook: Notebook;
  readonly #caret: Caret;
  readonly #undo: Y.UndoManager;
  readonly #stops: (() => void)[];
  #root: HTMLElement | undefined;
  #composing = false;
  /** What the toolbar shows. */
  readonly look: PageLook = new PageLook();
  #isEmpty = $state(true);

  constructor(notebook: Notebook) {
    this.#notebook = notebook;
    this.#caret = new Caret(notebook);
    this.#undo = new Y.UndoManager(notebook.text);
    // A busy browser tells it late: where the caret stands already, the look turned on there since must stay.
    const onSelection = (): void => void this.#selectedNow();
    document.addEventListener('selectionchange', onSelection);
    this.#stops = [
      notebook.onChange(() => this.#draw()),
      () => document.removeEventListener('selectionchange', onSelection),
      () => this.#undo.destroy(),
    ];
  }

  /** With Control or Command; digits by their place, because Shift changes what they write. */
  readonly #chords: { readonly [keys: string]: (() => void) | undefined } = {
    z: () => this.#undoOrRedo(false),
    'shift z': () => this.#undoOrRedo(true),
    y: () => this.#undoOrRedo(true),
    b: () => this.toggleLook('bold'),
    i: () => this.toggleLook('italic'),
    'alt Digit1': () => this.toggleKind('heading'),
    'shift Digit9': () => this.toggleKind('open'),
    enter: () => this.#tickCurrent(),
  };

  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Ties the editor to the element it draws into. */
  attach = (root: HTMLElement): (() => void) => {
    this.#root = root;
    this.#draw();
    return () => (this.#root = undefined);
  };

  close(): void {
    for (const stop of this.#stops) stop();
  }

  toggleLook(name: 'bold' | 'italic'): void {
    const selected = this.#selectedNow();
    if (!selected) return;
    const [at, end] = ordered(selected);
    const on = !this.look[name];
    if (end > at) this.#notebook.format({ at, length: end - at, look: { [name]: on } });
    this.look.turn(name, on);
    if (end > at) this.#select(selected);
  }

  /** Makes the selected lines this kind, or plain again where they all are it. */
  toggleKind(kind: 'heading' | 'open'): void {
    const selected = this.#selectedNow();
    if (!selected) return;
    const [at, end] = ordered(selected);
    const lines = this.#lines.flatMap((line, index) => (line.start <= end && line.start + line.text.length >= at ? [index] : []));
    const all = lines.every((index) => isKind(this.#lines[index]?.kind, kind));
    for (const index of lines) this.#notebook.setLine(index, all ? 'text' : kind);
    this.#select(selected);
  }

  onbeforeinput = (event: InputEvent): void => {
    if (event.isComposing || event.inputType === 'insertCompositionText' || !this.#root) return;
    event.preventDefault();
    const range = this.#rangeOf(event);
    if (!range) return;
    this.#answer(event, range);
  };

  oncompositionstart = (): void => {
    this.#composing = true;
  };

  oncompositionend = (): void => {
    this.#composing = false;
    this.#readBack();
  };

  /** Some keyboards write without asking; then the DOM is read as after composing. */
  oninput = (): void => {
    if (!this.#composing) this.#readBack();
  };

  onkeydown = (event: KeyboardEvent): void => {
    const mod = event.ctrlKey || event.metaKey;
    const name = event.code.startsWith('Digit') ? event.code : event.key.toLowerCase();
    const keys = `${event.altKey ? 'alt ' : ''}${event.shiftKey ? 'shift ' : ''}${name}`;
    const act = mod && !event.isComposing ? this.#chords[keys] : undefined;
    if (!act) return;
    act();
    event.preventDefault();
  };

  oncopy = (event: ClipboardEvent): void => this.#copy(event);

  get #lines(): readonly Line[] {
    return this.#notebook.lines;
  }

  /** What is selected, also when the caret has moved and the browser has not told it yet: a key may come before that. */
  #selectedNow(): Selected | undefined {
    const known = this.#caret.selected;
    const shown = this.#root && !this.#composing ? readSelection(this.#root, this.#lines) : undefined;
    if (!shown || (shown.from === known?.from && shown.to === known.to)) return known;
    this.#caret.keep(shown);
    this.look.describe(this.#lines, shown);
    return shown;
  }

  readonly #inputs: { readonly [inputType: string]: ((at: number, end: number) => void) | undefined } = {
    historyUndo: () => this.#undoOrRedo(false),
    historyRedo: () => this.#undoOrRedo(true),
    formatBold: () => this.toggleLook('bold'),
    formatItalic: () => this.toggleLook('italic'),
    insertParagraph: (at, end) => this.#break(at, end),
    insertLineBreak: (at, end) => this.#break(at, end),
  };

  #answer(event: InputEvent, [at, end]: readonly [number, number]): void {
    const { inputType } = event;
    // What replaces a selection is a step of its own: merged with the typing before it, undoing it would bring nothing back.
    if (end - at > 1) this.#undo.stopCapturing();
    const act = this.#inputs[inputType];
    if (act) return act(at, end);
    if (inputType.startsWith('delete')) return this.#delete(at, end);
    const typed = event.data ?? event.dataTransfer?.getData('text/plain') ?? '';
    if (typed !== '') this.#insert(at, end, typed.replaceAll(/\r\n?/g, '\n'));
  }

  #insert(at: number, end: number, typed: string): void {
    const line = lineAt(this.#lines, at);
    const { bold, italic } = this.look;
    this.#notebook.replace({ at, remove: end - at, insert: typed });
    this.#notebook.format({ at, length: typed.length, look: { bold, italic } });
    const caret = at + typed.length;
    if (typed === ' ' && line && this.#becomesKind(line, at)) return;
    this.#select({ from: caret, to: caret });
  }

  /** `# ` and `- ` typed at the start of a plain line make it a heading or an entry. */
  #becomesKind(line: Line, at: number): boolean {
    const index = this.#lines.findIndex(({ start }) => start === line.start);
    const typed = this.#lines[index]?.text.slice(0, at + 1 - line.start) ?? '';
    const kind = line.kind === 'text' ? shortcuts[typed] : undefined;
    if (!kind) return false;
    this.#notebook.replace({ at: line.start, remove: typed.length, insert: '' });
    this.#notebook.setLine(index, kind);
    this.#select({ from: line.start, to: line.start });
    return true;
  }

  #break(at: number, end: number): void {
    const index = lineIndexAt(this.#lines, at);
    const line = this.#lines[index];
    // Enter on an empty entry ends the list instead of adding to it.
    if (line && line.text === '' && line.kind !== 'text') {
      this.#notebook.setLine(index, 'text');
      return this.#select({ from: at, to: at });
    }
    this.#notebook.replace({ at, remove: end - at, insert: '\n' });
    this.#select({ from: at + 1, to: at + 1 });
  }

  #delete(at: number, end: number): void {
    if (end > at) this.#notebook.replace({ at, remove: end - at, insert: '' });
    this.#select({ from: at, to: at });
  }

  /** The characters an input is about: what is selected, else what the browser says, else one character beside the caret. */
  #rangeOf(event: InputEvent): readonly [number, number] | undefined {
    const selected = this.#selectedNow();
    if (!selected) return undefined;
    const [at, end] = ordered(selected);
    if (end > at || !event.inputType.startsWith('delete')) return this.#targetOf(event) ?? [at, end];
    if (event.inputType === 'deleteContentBackward') return this.#backwards(at);
    if (event.inputType === 'deleteContentForward') return [at, Math.min(at + stepAfter(this.#lines, at), this.#notebook.text.length)];
    return this.#targetOf(event) ?? this.#backwards(at);
  }

  /** Backspace at the start of a heading or entry first makes it a plain line. */
  #backwards(at: number): readonly [number, number] {
    const index = lineIndexAt(this.#lines, at);
    const line = this.#lines[index];
    if (!line || at > line.start) return [at - stepBefore(this.#lines, at), at];
    if (line.kind === 'text') return [Math.max(0, at - 1), at];
    this.#notebook.setLine(index, 'text');
    return [at, at];
  }

  #targetOf(event: InputEvent): readonly [number, number] | undefined {
    const [range] = event.getTargetRanges();
    if (!range || !this.#root) return undefined;
    const from = positionOf(this.#root, this.#lines, range.startContainer, range.startOffset);
    const to = positionOf(this.#root, this.#lines, range.endContainer, range.endOffset);
    return from === undefined || to === undefined ? undefined : ordered({ from, to });
  }

  #tickCurrent(): void {
    const selected = this.#caret.selected;
    const index = selected ? lineIndexAt(this.#lines, selected.to) : -1;
    if (index >= 0) this.#tick(index);
  }

  #tick(index: number): void {
    const selected = this.#caret.selected;
    this.#notebook.toggleCheck(index);
    if (selected) this.#select(selected);
  }

  #undoOrRedo(redo: boolean): void {
    if (redo) this.#undo.redo();
    else this.#undo.undo();
  }

  /** Pastes into other programs as plain text; the look stays here. */
  #copy(event: ClipboardEvent): void {
    const selected = this.#caret.selected;
    if (!selected || !event.clipboardData) return;
    const [at, end] = ordered(selected);
    const whole = this.#lines.map((line) => line.text).join('\n');
    event.clipboardData.setData('text/plain', whole.slice(at, end));
    event.preventDefault();
    if (event.type === 'cut') this.#delete(at, end);
  }

  #readBack(): void {
    if (!this.#root) return;
    const before = this.#lines.map((line) => line.text).join('\n');
    const after = readText(this.#root);
    const { at, removed, inserted } = replacementOf(before, after);
    for (const line of this.#root.children) (line as HTMLElement).dataset['signature'] = '';
    if (removed + inserted.length > 0) this.#notebook.replace({ at, remove: removed, insert: inserted });
    const caret = at + inserted.length;
    if (removed + inserted.length > 0) this.#select({ from: caret, to: caret });
    else this.#draw();
  }

  #select(selected: Selected): void {
    this.#caret.keep(selected);
    this.#draw();
    if (this.#root) writeSelection(this.#root, this.#lines, selected);
    this.look.describe(this.#lines, selected);
  }

  #draw(): void {
    const root = this.#root;
    if (!root || this.#composing) return;
    const focused = document.activeElement === root;
    drawLines(root, this.#lines, (line) => this.#tick(line));
    this.#isEmpty = this.#notebook.text.length === 0;
    const selected = this.#caret.selected;
    if (focused && selected) writeSelection(root, this.#lines, selected);
  }
}
