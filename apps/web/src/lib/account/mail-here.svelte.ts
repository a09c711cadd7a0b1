/** Whether this server only keeps its mail for who sits at it, as one without a mail server does; undefined until it has said so. */
export class MailHere {
  #isHere = $state<boolean>();

  /** Must be called while a component is set up. */
  constructor() {
    $effect(() => void this.#ask());
  }

  get isHere(): boolean | undefined {
    return this.#isHere;
  }

  async #ask(): Promise<void> {
    // Where nobody answers nothing is claimed of a mail either way.
    const answer = await fetch('/mail/here').catch(() => undefined);
    if (answer) this.#isHere = answer.status === 204;
  }
}
