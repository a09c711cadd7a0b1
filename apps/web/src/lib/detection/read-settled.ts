/** What is read, and what of it a person may change meanwhile. */
export interface Settling<Read> {
  /** Keeps what was changed so far. */
  readonly keep: () => Promise<void>;
  /** Undefined where it could not be read. */
  readonly read: () => Promise<Read | undefined>;
  /** True while something was changed that is not kept yet. */
  readonly isChanged: () => boolean;
}

/** Reads it with all that the person has made of it: what they change while it is read is kept, and it is read again. */
export async function readSettled<Read>({ keep, read, isChanged }: Settling<Read>): Promise<Read | undefined> {
  for (;;) {
    await keep();
    const found = await read();
    if (found === undefined || !isChanged()) return found;
  }
}
