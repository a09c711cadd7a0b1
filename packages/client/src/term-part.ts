import { below, type DeviceStore } from '@cacaw/core/device';

/** Something only the leading tab does, and most devices never need. */
export interface PartOffice extends AsyncDisposable {
  /** The relay may be there again. */
  wake(): void;
}

/** A part of a term that is opened when there is something for it to do. */
export class TermPart<Office extends PartOffice> {
  readonly #open: () => Promise<Office>;
  #office: Promise<Office> | undefined;

  constructor(open: () => Promise<Office>) {
    this.#open = open;
  }

  /** Opens it if this device keeps anything of these kinds: settings whose keys begin with one of them. */
  async begin(store: DeviceStore, kinds: readonly string[]): Promise<void> {
    const held = await store.read(['settings'], (tx) => Promise.all(kinds.map((kind) => tx.count('settings', below(kind)))));
    if (held.some((count) => count > 0)) await this.office();
  }

  office(): Promise<Office> {
    this.#office ??= this.#open().catch((error: unknown) => {
      this.#office = undefined;
      throw error;
    });
    return this.#office;
  }

  /** Wakes it if it is open. */
  wake(): void {
    this.#office?.then((office) => office.wake()).catch(() => undefined);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (await this.#office?.catch(() => undefined))?.[Symbol.asyncDispose]();
  }
}

/** Asks a part of the term, which opens for it. */
export async function askPart<Office extends PartOffice, Name extends keyof Office>(
  part: Pick<TermPart<Office>, 'office'>,
  name: Name,
  args: readonly unknown[],
): Promise<Awaited<ReturnType<Extract<Office[Name], (...args: never[]) => unknown>>>> {
  const office = await part.office();
  const run = office[name] as (...args: readonly unknown[]) => unknown;
  return (await run.apply(office, args as unknown[])) as never;
}
