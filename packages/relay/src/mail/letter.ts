import type { Mail, MailData, MailKind, SecurityEvent } from '../ports/mailer.ts';
import { momentOf, quoted } from './words.ts';

/** What a mail says, before it is laid out. Its lines hold people's words only as {@link quoted} ones. */
export interface Letter {
  readonly subject: string;
  readonly lines: readonly string[];
  /** The one thing to do. */
  readonly action?: { readonly label: string; readonly link: string } | undefined;
  readonly after: readonly string[];
}

/** Writes the letter of a mail. */
export function letterOf(mail: Mail): Letter {
  return (letters[mail.kind] as (data: Mail['data']) => Letter)(mail.data);
}

const notYou = 'If this was not you, you can ignore this mail: nothing happens without the link.';

const security: { readonly [event in SecurityEvent]: string } = {
  'password-changed': 'Your password was changed. Every other device was signed out.',
  'password-reset': 'Your password was set anew through a reset link. Every device was signed out.',
  'email-changed': 'The e-mail address of your account was changed.',
  'second-factor-on': 'The second step at sign-in was switched on.',
  'second-factor-off': 'The second step at sign-in was switched off.',
  'recovery-codes-made': 'New recovery codes were made. The former ones no longer work.',
  'passkey-added': 'A passkey was added to your account.',
  'passkey-removed': 'A passkey was removed from your account.',
  'signed-out-everywhere': 'Your account was signed out on every device.',
};

const letters: { readonly [Kind in MailKind]: (data: MailData[Kind]) => Letter } = {
  verify: ({ link, validMinutes }) => ({
    subject: 'Confirm your e-mail address',
    lines: ['Somebody, hopefully you, made a Cacaw account with this address. Confirm that it is yours.'],
    action: { label: 'Confirm my address', link },
    after: [`The link works for ${validMinutes} minutes.`, notYou],
  }),
  reset: ({ link, validMinutes }) => ({
    subject: 'Choose a new password',
    lines: ['Somebody, hopefully you, asked for a new password for your Cacaw account.'],
    action: { label: 'Choose a new password', link },
    after: [`The link works once, for ${validMinutes} minutes.`, notYou],
  }),
  exists: ({ signInLink }) => ({
    subject: 'You already have an account',
    lines: [
      'Somebody, hopefully you, tried to make a Cacaw account with this address. There is one already, so nothing was changed.',
      'If you forgot your password, sign in and choose “Forgot password”.',
    ],
    action: { label: 'Sign in', link: signInLink },
    after: ['If this was not you, you can ignore this mail.'],
  }),
  invite: ({ link, invitedBy, role, collectionName, expiresAt }) => ({
    subject: `${quoted(invitedBy)} shares a collection with you`,
    lines: [
      `${quoted(invitedBy)} invites you to ${collectionName === undefined ? 'a collection' : `the collection ${quoted(collectionName)}`}.`,
      role === 'editor' ? 'You may look at everything in it and change it.' : 'You may look at everything in it.',
    ],
    action: { label: 'Open the invitation', link },
    after: [`The invitation ends on ${momentOf(expiresAt)}.`, 'If you know nobody of this name, ignore this mail.'],
  }),
  'sign-up-invite': ({ link, invitedBy, expiresAt }) => ({
    subject: 'You are invited to Cacaw',
    lines: [`${quoted(invitedBy)}, who runs this place, invites you to make an account.`],
    action: { label: 'Make my account', link },
    after: [`The invitation ends on ${momentOf(expiresAt)}.`, 'If you know nobody of this name, ignore this mail.'],
  }),
  'access-request': ({ link, askedBy, collectionName, message }) => ({
    subject: `${quoted(askedBy)} asks to edit a collection of yours`,
    lines: [
      `${quoted(askedBy)} may look at ${collectionName === undefined ? 'a collection of yours' : `your collection ${quoted(collectionName)}`} and asks to change things in it.`,
      ...(message === undefined || message.trim() === '' ? [] : [`They write: ${quoted(message, 500)}`]),
    ],
    action: { label: 'Look at who may do what', link },
    after: ['Nothing changes until you give them that right.'],
  }),
  security: ({ event, at, link }) => ({
    subject: 'Something changed in your account',
    lines: [security[event], `That was on ${momentOf(at)}.`],
    action: { label: 'Check my account', link },
    after: ['If this was not you, choose a new password at once and look at the devices that are signed in.'],
  }),
  erased: ({ at }) => ({
    subject: 'Your account is erased',
    lines: [
      `On ${momentOf(at)} your Cacaw account was erased, with everything in it.`,
      'Backups cannot bring it back: the keys they would need are destroyed.',
    ],
    after: ['This is the last mail you get from us.'],
  }),
};
