import { CommandError, type CommandErrorCode } from '@cacaw/core';
import { StoreError, type StoreErrorCode } from '@cacaw/core/device';
import type { Json } from '@cacaw/protocol';

/**
 * Why a collection could not be shared or opened by link: `offline` (this device has no network; it is tried again when it has),
 * `unreachable` (the relay did not answer; tried again likewise), `bad-link` (not one of our links), `unknown-link` (the relay
 * knows no such collection, or the secret is not its), `local-only` (the person chose that nothing leaves this device),
 * `refused` (the relay said no for good).
 */
export type ShareErrorCode = 'offline' | 'unreachable' | 'bad-link' | 'unknown-link' | 'local-only' | 'refused';

/** A collection could not be shared or opened by link; the collection itself is unharmed. */
export class ShareError extends Error {
  readonly code: ShareErrorCode;
  constructor(code: ShareErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The person chose that nothing leaves this device: nothing is even asked. */
export const localOnlyError = (): ShareError =>
  new ShareError('local-only', 'This device keeps everything to itself. Choose “Sync” in its settings first.');

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
