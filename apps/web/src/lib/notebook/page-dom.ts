import type { Line, Span } from '@cacaw/client/notebook';

/** Characters selected in the page, by position; `from` is where the selection began. */
export interface Selected {
  readonly from: number;
  readonly to: number;
}

/** Draws lines into `root`, touching only those that changed, so that the browser's caret stays where nothing changed. */
export function drawLines(root: HTMLElement, lines: readonly Line[], onTick: (line: number) => void): void {
  lines.forEach((line, at) => {
    const old = root.children[at];
    const signature = JSON.stringify([line.kind, line.spans]);
    if (old instanceof HTMLElement && old.dataset['signature'] === signature) return;
    const made = drawLine(line, () => onTick(indexOf(root, made)));
    made.dataset['signature'] = signature;
    if (old) old.replaceWith(made);
    else root.append(made);
  });
  while (root.children.length > lines.length) root.lastElementChild?.remove();
}

const indexOf = (root: HTMLElement, element: Element): number => [...root.children].indexOf(element);

function drawLine(line: Line, onTick: () => void): HTMLElement {
  const element = document.createElement('div');
  element.className = 'line';
  element.dataset['kind'] = line.kind;
  const text = document.createElement(line.kind === 'heading' ? 'h2' : 'span');
  text.className = 'text';
  text.append(...line.spans.map(drawSpan));
  if (line.text === '') text.append(document.createElement('br'));
  if (line.kind === 'open' || line.kind === 'done') element.append(drawTick(line, onTick));
  element.append(text);
  return element;
}

function drawTick(line: Line, onTick: () => void): HTMLElement {
  const tick = document.createElement('input');
  tick.type = 'checkbox';
  tick.checked = line.kind === 'done';
  tick.contentEditable = 'false';
  tick.setAttribute('aria-label', line.text || 'Empty entry');
  // The page says what is ticked; the box only asks.
  tick.addEventListener('click', (event) => {
    event.preventDefault();
    setTimeout(onTick);
  });
  return tick;
}

function drawSpan({ text, bold, italic }: Span): Node {
  let node: Node = document.createTextNode(text);
  for (const name of [italic && 'em', bold && 'strong']) {
    if (!name) continue;
    const mark = document.createElement(name);
    mark.append(node);
    node = mark;
  }
  return node;
}

/** The text on screen, as composing or an unknown keyboard left it. */
export function readText(root: HTMLElement): string {
  return [...root.children].map((line) => line.querySelector('.text')?.textContent ?? line.textContent ?? '').join('\n');
}

/** The page position of a place in the DOM; undefined outside the page. */
export function positionOf(root: HTMLElement, lines: readonly Line[], node: Node, offset: number): number | undefined {
  if (node === root) return lines[offset]?.start ?? endOf(lines);
  const element = lineElementOf(root, node);
  const text = element?.querySelector('.text');
  const line = element && lines[indexOf(root, element)];
  return line && text ? line.start + Math.min(lengthBefore(text, node, offset), line.text.length) : undefined;
}

function lineElementOf(root: HTMLElement, node: Node): Element | null {
  const element = node instanceof Element ? node : node.parentElement;
  return root.contains(node) && element ? element.closest('.line') : null;
}

/** Characters of `text` before a place; 0 for places before it, such as a tick box. */
function lengthBefore(text: Element, node: Node, offset: number): number {
  const range = document.createRange();
  range.setStart(text, 0);
  if (range.comparePoint(node, offset) < 0) return 0;
  range.setEnd(node, offset);
  return range.toString().length;
}

const endOf = (lines: readonly Line[]): number => {
  const last = lines.at(-1);
  return last ? last.start + last.text.length : 0;
};

/** What is selected now, if it lies in the page. */
export function readSelection(root: HTMLElement, lines: readonly Line[]): Selected | undefined {
  const selection = getSelection();
  if (!selection?.anchorNode || !selection.focusNode) return undefined;
  const from = positionOf(root, lines, selection.anchorNode, selection.anchorOffset);
  const to = positionOf(root, lines, selection.focusNode, selection.focusOffset);
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Selects characters of the page. */
export function writeSelection(root: HTMLElement, lines: readonly Line[], { from, to }: Selected): void {
  const [anchor, focus] = [placeOf(root, lines, from), placeOf(root, lines, to)];
  if (anchor && focus) getSelection()?.setBaseAndExtent(anchor.node, anchor.offset, focus.node, focus.offset);
}

function placeOf(
  root: HTMLElement,
  lines: readonly Line[],
  position: number,
): { readonly node: Node; readonly offset: number } | undefined {
  const at = Math.max(
    0,
    lines.findLastIndex((line) => line.start <= position),
  );
  const text = root.children[at]?.querySelector('.text');
  if (!text) return undefined;
  let left = position - (lines[at]?.start ?? 0);
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (left <= length) return { node, offset: left };
    left -= length;
  }
  return { node: text, offset: 0 };
}
