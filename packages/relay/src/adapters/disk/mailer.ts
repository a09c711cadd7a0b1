import { createHmac } from 'node:crypto';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock, Random } from '@cacaw/protocol';
import MailComposer from 'nodemailer/lib/mail-composer';
import PostalMime from 'postal-mime';
import type { Mailbox } from '../../http/mail-page.ts';
import { messageOf, type Sender } from '../../mail/message.ts';
import type { Mailer, MailSubject } from '../../ports/mailer.ts';
import { namesIn, replaceFile } from './durable-files.ts';

/** What the disk mailer needs. */
export interface DiskMailerOptions {
  readonly folder: string;
  readonly sender: Sender;
  /** Hides whose mail a file is from who sees only its name. */
  readonly indexKey: Uint8Array;
  readonly clock: Clock;
  readonly random: Random;
}

/** Mail as `.eml` files that only their owner can read, kept thirty days, for a relay that has no mail server. */
export function createDiskMailer(options: DiskMailerOptions): Mailer & Mailbox {
  return new DiskMailer(options);
}

const keptMs = 30 * 24 * 60 * 60 * 1000;
/** `<time>-<random>.<whose>[.<about>…].eml`; those after the first dot are keyed hashes. */
const fileName = /^(\d{8}T\d{9}Z)-[0-9a-f]{16}(?:\.[0-9a-f]{24})+\.eml$/;
/** The same, or a draft of it that a crash has left. */
const anyName = /^(\d{8}T\d{9}Z)-[0-9a-f]{16}(?:\.[0-9a-f]{24})+\.eml(?:\.[0-9a-f]{16})?$/;

class DiskMailer implements Mailer, Mailbox {
  readonly #options: DiskMailerOptions;

  constructor(options: DiskMailerOptions) {
    this.#options = options;
  }

  async send(mail: Parameters<Mailer['send']>[0]): Promise<void> {
    const { folder, sender, clock, random } = this.#options;
    const message = messageOf(mail, sender);
    const bytes = await new MailComposer({ ...message, date: new Date(clock.now()) }).compile().build();
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await this.#prune();
    const hashes = [
      this.#hash(`address:${mail.to.toLowerCase()}`),
      ...(mail.about ?? []).map((account) => this.#hash(`account:${account}`)),
    ];
    const name = `${timeOf(clock.now())}-${Buffer.from(random.bytes(8)).toString('hex')}.${hashes.join('.')}.eml`;
    // Whoever watches the folder never sees half a mail.
    await replaceFile(join(folder, name), bytes);
  }

  async forget({ address, account }: MailSubject): Promise<void> {
    const hashes = [
      ...(address === undefined ? [] : [this.#hash(`address:${address.trim().toLowerCase()}`)]),
      ...(account === undefined ? [] : [this.#hash(`account:${account}`)]),
    ];
    await this.#remove((name) => hashes.some((hash) => name.includes(`.${hash}.`)));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  async list(): Promise<readonly string[]> {
    return (await this.#names()).toReversed();
  }

  async read(name: string): ReturnType<Mailbox['read']> {
    if (!(await this.#names()).includes(name)) return undefined;
    const {
      subject = '',
      to = [],
      date = '',
      text = '',
      html = '',
    } = await PostalMime.parse(await readFile(join(this.#options.folder, name)));
    return { subject, to: to.map((one) => one.address ?? '').join(', '), date, text, html };
  }

  #hash(subject: string): string {
    return createHmac('sha256', this.#options.indexKey).update(subject).digest('hex').slice(0, 24);
  }

  async #prune(): Promise<void> {
    const oldest = timeOf(this.#options.clock.now() - keptMs);
    await this.#remove((name) => (anyName.exec(name)?.[1] ?? '') < oldest);
  }

  async #remove(isMeant: (name: string) => boolean): Promise<void> {
    const { folder } = this.#options;
    for (const name of (await namesIn(folder)).filter((one) => anyName.test(one) && isMeant(one)))
      await rm(join(folder, name), { force: true });
  }

  async #names(): Promise<readonly string[]> {
    return (await namesIn(this.#options.folder)).filter((name) => fileName.test(name)).toSorted();
  }
}

const timeOf = (ms: number): string => new Date(ms).toISOString().replaceAll(/[-:.]/g, '');
