import type { AccountId, Clock } from '@cacaw/protocol';
import { Problem } from '../http/route.ts';
import { MailUnavailable, type Mailer } from '../ports/mailer.ts';
import type { SignUpInvites } from '../ports/sign-up-invites.ts';

/** What an invite to sign up stands on. */
export interface InviteGround {
  readonly invites: SignUpInvites;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly clock: Clock;
  /** Where pages are. */
  readonly home: () => string;
}

/** Whom to invite, and who says so; without a name it is this relay. */
export interface SignUpInvitation {
  readonly email: string;
  readonly isOperator: boolean;
  readonly invitedBy: { readonly name: string; readonly account: AccountId } | undefined;
}

const validMs = 7 * 24 * 60 * 60 * 1000;

/** Mails an invite to sign up and returns its link; a mail that cannot be sent is a problem of code `unavailable`. */
export async function inviteToSignUp(
  { invites, mailer, clock, home }: InviteGround,
  { email, isOperator, invitedBy }: SignUpInvitation,
): Promise<string> {
  const expiresAt = clock.now() + validMs;
  const link = `${home()}/sign-up#${await invites.make(email, { isOperator, expiresAt: new Date(expiresAt) })}`;
  const about = invitedBy === undefined ? undefined : [invitedBy.account];
  try {
    await mailer.send({
      to: email,
      kind: 'sign-up-invite',
      data: { link, invitedBy: invitedBy?.name ?? 'The operator', expiresAt },
      about,
    });
  } catch (error) {
    if (!(error instanceof MailUnavailable)) throw error;
    throw new Problem('unavailable', `The mail to ${email} was not taken; try again in a moment.`);
  }
  return link;
}
