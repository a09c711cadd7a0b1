import type { AccountId } from '@cacaw/protocol';

/** What happened to an account that its owner must hear of, whoever did it. */
export type SecurityEvent =
  | 'password-changed'
  | 'password-reset'
  | 'email-changed'
  | 'second-factor-on'
  | 'second-factor-off'
  | 'recovery-codes-made'
  | 'passkey-added'
  | 'passkey-removed'
  | 'signed-out-everywhere';

/** What each kind of mail says. Every text comes from people and may hold anything: the adapter makes it harmless. */
export interface MailData {
  /** Somebody signed up with this address. */
  readonly verify: { readonly link: string; readonly validMinutes: number };
  readonly reset: { readonly link: string; readonly validMinutes: number };
  /** Somebody signed up with an address that has an account already. */
  readonly exists: { readonly signInLink: string };
  readonly invite: {
    readonly link: string;
    readonly invitedBy: string;
    readonly role: 'editor' | 'viewer';
    readonly collectionName?: string | undefined;
    /** Unix milliseconds. */
    readonly expiresAt: number;
  };
  readonly 'sign-up-invite': { readonly link: string; readonly invitedBy: string; readonly expiresAt: number };
  readonly 'access-request': {
    readonly link: string;
    readonly askedBy: string;
    readonly role: 'editor';
    readonly collectionName?: string | undefined;
    readonly message?: string | undefined;
  };
  readonly security: { readonly event: SecurityEvent; readonly at: number; readonly link: string };
  readonly erased: { readonly at: number };
}

/** What a mail is for. */
export type MailKind = keyof MailData;

/** One mail to one person. */
export type Mail = {
  readonly [Kind in MailKind]: {
    readonly to: string;
    readonly kind: Kind;
    readonly data: MailData[Kind];
    /** Accounts it names beside its recipient (who invited, who asked): the mail goes when one of them is erased. */
    readonly about?: readonly AccountId[] | undefined;
  };
}[MailKind];

/** Somebody to forget: the address mail went to, or the account it named. */
export interface MailSubject {
  readonly address?: string | undefined;
  readonly account?: AccountId | undefined;
}

/**
 * Sends mail. Guarantees, proven by `mailerContract`: one mail goes to exactly one address and says what its kind says, as plain
 * text and as HTML; nothing in `to` or `data` can add a header, a recipient, a link or markup.
 */
export interface Mailer {
  /**
   * Resolves when the mail is handed over; rejects with {@link MailUnavailable} when it was not. Who must answer in the same
   * time whether or not there is a mail does not wait for it.
   */
  send(mail: Mail): Promise<void>;
  /** Removes every mail to or about somebody that this relay still holds. */
  forget(subject: MailSubject): Promise<void>;
  /** Finishes what is on its way. */
  close(): Promise<void>;
}

/** The mail was not taken and may be sent again. */
export class MailUnavailable extends Error {
  readonly code = 'mail-unavailable';
}
