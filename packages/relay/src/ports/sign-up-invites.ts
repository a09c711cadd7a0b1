/** Where `SIGNUP=invite`: who may sign up. Guarantees: an invite is good for one e-mail, once, until it ends; the e-mail is not kept. */
export interface SignUpInvites {
  /** Makes an invite; its secret is told nowhere else. */
  make(email: string, invite: { readonly isOperator: boolean; readonly expiresAt: Date }): Promise<string>;
  /** Spends an invite; undefined when it is not good for this e-mail. */
  take(email: string, secret: string): Promise<{ readonly isOperator: boolean } | undefined>;
}
