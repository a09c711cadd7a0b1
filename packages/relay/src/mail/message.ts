import { emailField } from '@cacaw/protocol/http';
import type { SendMailOptions } from 'nodemailer';
import * as v from 'valibot';
import type { Mail } from '../ports/mailer.ts';
import { layOut } from './layout.ts';
import { letterOf } from './letter.ts';

/** Who sends: the address mail comes from and the host people know this relay by. */
export interface Sender {
  readonly from: string;
  readonly site: string;
}

/** A mail as the library takes it: one recipient, given as an object, so that no text is ever read as a list of addresses. */
export function messageOf(mail: Mail, { from, site }: Sender): SendMailOptions {
  const to = v.safeParse(emailField, mail.to);
  if (!to.success) throw new Error(`A ${mail.kind} mail goes to something that is no e-mail address; nothing was sent.`);
  return {
    from: { name: 'Cacaw', address: from },
    to: { name: '', address: to.output },
    envelope: { from, to: [to.output] },
    ...layOut(letterOf(mail), { site }),
    headers: { 'auto-submitted': 'auto-generated', 'x-cacaw-mail': mail.kind },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
