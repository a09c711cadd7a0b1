/** An address that waits for its mail; the password lives in this page only, so that confirming in another tab goes on here. */
export interface Unconfirmed {
  readonly email: string;
  readonly password: string;
}

let waiting: Unconfirmed | undefined;

/** Remembers who waits for a mail until the page is left or reloaded. */
export function keepUnconfirmed({ email, password }: Unconfirmed): void {
  waiting = { email, password };
}

/** Who waits for a mail in this page. */
export const unconfirmed = (): Unconfirmed | undefined => waiting;

/** Forgets address and password. */
export function forgetUnconfirmed(): void {
  waiting = undefined;
}
