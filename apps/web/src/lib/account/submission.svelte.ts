import { failureOf } from './failure.ts';

/** One form on its way to the server: busy until it is answered, with the reason when it was refused. */
export class Submission {
  #busy = $state(false);
  #error = $state('');
  #code = $state('');

  get busy(): boolean {
    return this.#busy;
  }

  /** What went wrong and what to do; empty when nothing did. */
  get error(): string {
    return this.#error;
  }

  /** The stable code of what went wrong, for screens that offer a way out. */
  get code(): string {
    return this.#code;
  }

  /** Runs the act once, however often the button is pressed meanwhile; undefined when it failed. */
  async run<Result>(act: () => Promise<Result>): Promise<Result | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    this.clear();
    try {
      return await act();
    } catch (error) {
      this.refuse(error);
      return undefined;
    } finally {
      this.#busy = false;
    }
  }

  /** Like `run`, for acts that answer nothing: true when it worked. */
  async did(act: () => Promise<unknown>): Promise<boolean> {
    return (
      (await this.run(async () => {
        await act();
        return true;
      })) === true
    );
  }

  refuse(error: unknown): void {
    const { code, text } = failureOf(error);
    this.#code = code;
    this.#error = text;
  }

  clear(): void {
    this.#error = '';
    this.#code = '';
  }
}
