import { join } from 'node:path';
import { createDiskMailer } from '../adapters/disk/mailer.ts';
import { createSmtpMailer } from '../adapters/smtp/mailer.ts';
import { systemClock, systemRandom } from '../adapters/system-clock.ts';
import type { Config } from '../config.ts';
import type { Mailbox } from '../http/mail-page.ts';
import type { Mailer } from '../ports/mailer.ts';
import { deriveKey } from './derived-key.ts';

/** How mail leaves this relay, and the page that shows what did not. */
export interface OpenedMail {
  readonly mailer: Mailer;
  /** Only where nobody but this machine can reach the relay and it has no mail server. */
  readonly mailbox: Mailbox | undefined;
}

/** The mailer of SMTP_URL, or files in the data folder when there is none. */
export function openMail(config: Config, { indexSecret }: { readonly indexSecret: Uint8Array }): OpenedMail {
  const { smtpUrl, sender } = config;
  if (smtpUrl !== undefined) return { mailer: createSmtpMailer(smtpUrl, sender), mailbox: undefined };
  const disk = createDiskMailer({
    folder: join(config.dataDir, 'mail'),
    sender,
    indexKey: deriveKey(indexSecret, 'mail index'),
    clock: systemClock,
    random: systemRandom,
  });
  return { mailer: disk, mailbox: config.isLoopback ? disk : undefined };
}
