import { layOut, type LaidOut } from '../../mail/layout.ts';
import { letterOf } from '../../mail/letter.ts';
import { messageOf } from '../../mail/message.ts';
import type { Mail, Mailer } from '../../ports/mailer.ts';

/** A mail that was sent in memory: what was asked, and what its reader sees. */
export type SentMail = Mail & LaidOut;

/** A mailer that keeps what it was given: for tests and for embedders that show mail themselves. */
export interface MemoryMailer extends Mailer {
  readonly sent: readonly SentMail[];
}

/** Keeps every mail, oldest first. */
export function createMemoryMailer(): MemoryMailer {
  const sender = { from: 'cacaw@relay.example', site: 'relay.example' };
  let sent: readonly SentMail[] = [];
  return {
    get sent() {
      return sent;
    },
    async send(mail) {
      // The same checks as a mail that leaves.
      messageOf(mail, sender);
      sent = [...sent, { ...mail, to: mail.to.trim().toLowerCase(), ...layOut(letterOf(mail), sender) }];
    },
    async forget({ address, account }) {
      sent = sent.filter(
        (mail) => mail.to !== address?.trim().toLowerCase() && (account === undefined || mail.about?.includes(account) !== true),
      );
    },
    close: () => Promise.resolve(),
  };
}
