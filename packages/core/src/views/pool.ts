/** Gives each different text one small number, so that columns hold numbers and each text is kept once. */
export class Pool {
  readonly #handles = new Map<string, number>();
  readonly #texts: string[] = [];

  get size(): number {
    return this.#texts.length;
  }

  handle(text: string): number {
    const known = this.#handles.get(text);
    if (known !== undefined) return known;
    this.#handles.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  /** The handle of a text that has one. */
  known(text: string): number | undefined {
    return this.#handles.get(text);
  }

  text(handle: number): string {
    return this.#texts[handle] ?? '';
  }
}
