/** A question whose newest asking alone is answered; one that was dropped never is. */
export class Question<Answer> {
  #asked: object | undefined;

  /** Asked and not answered yet. */
  get isOpen(): boolean {
    return this.#asked !== undefined;
  }

  /** Asks `source`, which may also throw at once; then one of the two is called, unless it was asked again or dropped. */
  ask(source: () => Answer | Promise<Answer>, told: { readonly answered: (answer: Answer) => void; readonly failed: () => void }): void {
    const asked = {};
    this.#asked = asked;
    const settle = (act: () => void): void => {
      if (this.#asked !== asked) return;
      this.#asked = undefined;
      act();
    };
    void Promise.resolve()
      .then(source)
      .then(
        (answer) => settle(() => told.answered(answer)),
        () => settle(told.failed),
      );
  }

  drop(): void {
    this.#asked = undefined;
  }
}
