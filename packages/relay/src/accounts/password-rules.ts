import { dictionary } from '@zxcvbn-ts/language-common';

/** The shortest password. */
export const minPasswordLength = 8;
/** The longest password: room for any passphrase, none for making the relay hash books. */
export const maxPasswordLength = 128;

/** What a password must not be, beside common: what anybody knows of its owner. */
export interface PasswordOwner {
  readonly email?: string | undefined;
  readonly username?: string | undefined;
}

const breached: ReadonlySet<string> = new Set(dictionary['passwords-common'].map(String));

/** Why a password is refused, as a sentence that says what to do; undefined for one that is taken. Nothing is asked of its composition. */
export function passwordMistake(password: string, owner: PasswordOwner): string | undefined {
  if (password.length < minPasswordLength) return `Choose a password of at least ${minPasswordLength} characters.`;
  if (password.length > maxPasswordLength) return `Choose a password of at most ${maxPasswordLength} characters.`;
  const plain = password.normalize('NFKC').toLowerCase();
  if (isCommon(plain)) return 'This password is among those that were found in breaches; choose another. Four random words are a good one.';
  if (namesOf(owner).has(plain)) return 'The password is your own e-mail address or username; choose another.';
  return undefined;
}

/** Also one that is common with digits or marks hung on, or one thing over and over. */
function isCommon(plain: string): boolean {
  if (breached.has(plain)) return true;
  const core = plain.replace(/^[\d\W_]+|[\d\W_]+$/g, '');
  if (core.length >= 5 && plain.length - core.length <= 4 && breached.has(core)) return true;
  return /^(.{1,4})\1+$/u.test(plain);
}

function namesOf({ email, username }: PasswordOwner): ReadonlySet<string> {
  const names = [email, email?.split('@')[0], username].filter((one) => one !== undefined);
  return new Set(names.map((one) => one.normalize('NFKC').toLowerCase()));
}
