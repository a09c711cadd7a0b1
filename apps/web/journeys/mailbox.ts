import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { expect } from '@playwright/test';

/** One mail as its reader sees it. */
export interface Mail {
  readonly subject: string;
  readonly text: string;
  /** The link it asks to open. */
  readonly link: string;
}

/** The mails the relay has written to its data folder, because it knows no mail server. */
export class Mailbox {
  readonly #folder: string;
  readonly #read = new Set<string>();

  constructor(dataDir: string) {
    this.#folder = join(dataDir, 'mail');
  }

  /** Waits for a mail to this address that was not read before, and reads it. */
  async next(address: string): Promise<Mail> {
    let found: Mail | undefined;
    await expect
      .poll(async () => (found = await this.#newest(address)), { message: `a mail to ${address}`, timeout: 10_000 })
      .toBeDefined();
    if (found === undefined) throw new Error(`No mail came for ${address}.`);
    return found;
  }

  async #newest(address: string): Promise<Mail | undefined> {
    const names = (await readdir(this.#folder).catch(() => [])).filter((name) => name.endsWith('.eml') && !this.#read.has(name));
    for (const name of names.toSorted().toReversed()) {
      const { to = [], subject = '', text = '' } = await PostalMime.parse(await readFile(join(this.#folder, name)));
      if (!to.some((one) => one.address === address)) continue;
      this.#read.add(name);
      return { subject, text, link: /https?:\/\/\S+/.exec(text)?.[0] ?? '' };
    }
    return undefined;
  }
}
