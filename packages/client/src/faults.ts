import { CommandError, type CommandErrorCode } from '@cacaw/core';
import { StoreError, type StoreErrorCode } from '@cacaw/core/device';
import type { Json } from '@cacaw/protocol';

/**
 * Why something about sharing could not be done. Passing by themselves: `offline` (this device has no network) and
 * `unreachable` (the relay did not answer). For the person: `bad-link` (not one of our links), `unknown-link` (the relay knows
 * no such invite), `local-only` (they chose that nothing leaves this device), `sign-in-first` (it needs an account),
 * `signed-out` (the sign-in has ended), `forbidden` (another role is needed), `limit` (of the tier; the message names it),
 * `conflict`, `unknown` (no such collection or member), `too-often`, `refused` (anything else the relay said no to).
 */
export type ShareErrorCode =
  | 'offline'
  | 'unreachable'
  | 'bad-link'
  | 'unknown-link'
  | 'local-only'
  | 'sign-in-first'
  | 'signed-out'
  | 'forbidden'
  | 'limit'
  | 'conflict'
  | 'unknown'
  | 'too-often'
  | 'refused';

/** Something about sharing could not be done; the collection itself is unharmed. */
export class ShareError extends Error {
  readonly code: ShareErrorCode;
  constructor(code: ShareErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** What each code means to a person, and what to do. */
export const shareWords: { readonly [Code in ShareErrorCode]: string } = {
  offline: 'This device is offline. Try again when it is online.',
  unreachable: 'The server could not be reached. Try again in a moment.',
  'bad-link': 'This is not a whole link; ask for it again and copy all of it.',
  'unknown-link': 'This invite does not work, or no longer. Ask for a new one.',
  'local-only': 'This device keeps everything to itself. Choose “Sync” in its settings first.',
  'sign-in-first': 'For this you need an account. Sign up or sign in first.',
  'signed-out': 'Sign in again to do this. Your work is safe here.',
  forbidden: 'Only the owner of the collection may do that.',
  limit: 'A limit of the account is reached.',
  conflict: 'That is not possible as things stand. Reload and look again.',
  unknown: 'There is no such collection for you, or not any more.',
  'too-often': 'That was tried too often. Wait a few minutes, then try again.',
  refused: 'The server refused this. Nothing is lost.',
};

/** The error of `code` in our own words. */
export const shareError = (code: ShareErrorCode, options?: ErrorOptions): ShareError => new ShareError(code, shareWords[code], options);

/** An error as it crosses a port or channel: structured clone keeps no class and no code. */
export interface Fault {
  readonly kind: 'command' | 'store' | 'share' | 'other';
  readonly code: string;
  readonly message: string;
  readonly details: { readonly [name: string]: Json };
}

/** Takes an error apart so that {@link faultToError} makes the same error on the other side. */
export function errorToFault(error: unknown): Fault {
  if (error instanceof CommandError) return { kind: 'command', code: error.code, message: error.message, details: error.details };
  if (error instanceof StoreError) return { kind: 'store', code: error.code, message: error.message, details: {} };
  if (error instanceof ShareError) return { kind: 'share', code: error.code, message: error.message, details: {} };
  return { kind: 'other', code: 'unexpected', message: error instanceof Error ? error.message : String(error), details: {} };
}

/** Makes the error a {@link Fault} was taken from, with its class, code and details. */
export function faultToError(fault: Fault): Error {
  switch (fault.kind) {
    case 'command':
      return new CommandError(fault.code as CommandErrorCode, fault.message, fault.details);
    case 'store':
      return new StoreError(fault.code as StoreErrorCode, fault.message);
    case 'share':
      return new ShareError(fault.code as ShareErrorCode, fault.message);
    case 'other':
      return new Error(fault.message);
  }
}
