import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { SecurityEvent } from './mailer.ts';

/** What happens so often that only how often is kept: a line for each account, collection, kind and hour. */
export const foldedKinds = ['join', 'read', 'search', 'public-view', 'photo', 'refused', 'limited', 'sign-in-refused'] as const;

/** A kind of access, or of its refusal. */
export type FoldedKind = (typeof foldedKinds)[number];

/** What is kept one by one. */
export type EventKind =
  | SecurityEvent
  | 'sign-up-asked'
  | 'signed-in'
  | 'signed-out'
  | 'account-changed'
  | 'device-claimed'
  | 'collection-created'
  | 'collection-deleted'
  | 'owner-changed'
  | 'role-changed'
  | 'member-removed'
  | 'invited'
  | 'invite-revoked'
  | 'invite-accepted'
  | 'access-asked'
  | 'operator-acted'
  | 'exported'
  | 'photo-refused'
  | 'photos-published'
  | 'learning-changed'
  | 'lessons-sent'
  | 'detected'
  | 'erased'
  | 'key-made'
  | 'key-destroyed'
  | 'key-rotated';

/** What a line can be about. `edited` lines are read from the update log. */
export type AuditKind = FoldedKind | EventKind | 'edited';

/** Ids, roles, numbers: never content, names, addresses or tokens. */
export type AuditDetails = { readonly [name: string]: string | number | boolean };

/** Something to note. Who did it is told by id only, so that destroying what the id stands for leaves nobody in the log. */
export interface AuditEvent {
  readonly kind: FoldedKind | EventKind;
  readonly account?: AccountId | undefined;
  readonly collection?: CollectionId | undefined;
  /** The caller's network address; only the network it belongs to is kept. */
  readonly address?: string | undefined;
  /** Left out of folded lines. */
  readonly details?: AuditDetails | undefined;
}

/** One line as it is read. */
export interface AuditLine {
  /** Unix milliseconds; the beginning of the hour for what is folded. */
  readonly at: number;
  readonly kind: AuditKind;
  readonly account: AccountId | undefined;
  readonly collection: CollectionId | undefined;
  readonly count: number;
  readonly network: string | undefined;
  readonly details: AuditDetails;
}

/** Notes what happens. Never slows and never fails whoever calls it. */
export interface Audit {
  note(event: AuditEvent): void;
}

/** A place to go on from. */
export interface AuditPlace {
  readonly limit: number;
  /** As the page before told it; anything else is an {@link AuditPlaceUnknown}. */
  readonly after?: string | undefined;
}

/** Lines, newest first. */
export interface AuditPage {
  readonly lines: readonly AuditLine[];
  readonly next: string | undefined;
}

/**
 * Keeps what was noted. Guarantees, proven by `auditContract`: what was noted is written within about a second and at a drain;
 * while the database is away it is kept, and folded when it grows too much, never dropped; nobody can change or remove a line.
 */
export interface AuditLog extends Audit {
  /** What happened to a collection, its edits among it. */
  ofCollection(collection: CollectionId, place: AuditPlace): Promise<AuditPage>;
  /** What an account did. */
  ofAccount(account: AccountId, place: AuditPlace): Promise<AuditPage>;
  /** Writes what was noted so far. */
  flush(): Promise<void>;
  /** Removes lines older than the log is kept for. */
  purge(): Promise<void>;
  /** Writes the last lines; what cannot be written now is lost, and told as a fault with its number. */
  close(): Promise<void>;
}

/** No page ever told this place. */
export class AuditPlaceUnknown extends Error {
  readonly code = 'audit-place-unknown';
}

/** Notes nothing: for embedders that keep no audit log. */
export const noAudit: Audit = { note: () => undefined };
