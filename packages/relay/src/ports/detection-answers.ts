import type { AccountId } from '@cacaw/protocol';

/** What one account was answered before, so that the same question is not paid for twice. Sealed with the account's key; erased with it. */
export interface DetectionAnswers {
  /** Undefined when it was never asked, is older than `detectionKeptMs`, or cannot be read any more. */
  find(account: AccountId, question: string, nowMs: number): Promise<string | undefined>;
  keep(account: AccountId, question: string, answer: { readonly text: string; readonly nowMs: number }): Promise<void>;
}
