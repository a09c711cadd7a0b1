import * as v from 'valibot';
import type { AccountId, CollectionId } from '../ids.ts';
import { accountIdField, collectionIdField, countField, emailField, lineField, momentField, secretField, usernameField } from './fields.ts';

/** Where the signed-in account stands; sign-up, sign-in and the rest of authentication are better-auth's under `/api/auth`. */
export const accountPath = '/api/account';

/** Where everything the relay holds about the signed-in account is downloaded as one zip. */
export const exportPath = '/api/account/export';

/** Where a device whose sign-in has ended asks whether its account is still there. */
export const accountKnownPath = '/api/account/known';

/** Body of `POST /api/account/known`: the account, and what only its own devices were told. */
export interface AccountKnownBody {
  readonly account: AccountId;
  readonly lookKey: string;
}

/** Answer to it. */
export interface AccountKnownAnswer {
  readonly isKnown: boolean;
}

/** Query of `GET /api/account/export`. */
export interface ExportAccountQuery {
  /** Only says (204) whether the download would begin: a page asks before it hands the address to the browser. */
  readonly check?: 'only' | undefined;
}
/** Where operators look after accounts. */
export const operatorPath = '/api/operator';

/** What a tier allows; null means no limit. */
export interface TierAnswer {
  readonly name: string;
  /** Bytes of photos and files. */
  readonly storage: number;
  readonly detectionsPerMonth: number;
  /** Collections an account may own on this relay. */
  readonly collections: number | null;
  /** Members of one collection, its owner included. */
  readonly members: number | null;
}

/** Answer to `GET /api/account`. */
export interface AccountAnswer {
  readonly accountId: AccountId;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly username: string;
  readonly createdAt: string;
  readonly isOperator: boolean;
  readonly tier: TierAnswer;
  readonly use: { readonly storage: number; readonly detectionsThisMonth: number; readonly collections: number };
  readonly hasPassword: boolean;
  readonly hasSecondFactor: boolean;
  /** Without this account nobody runs this relay. */
  readonly isOnlyOperator: boolean;
  /** 32 bytes as base64url: what the account's own devices seal looks with. To be kept on the device and told to nobody. */
  readonly lookKey: string;
}

/** Body of `PATCH /api/account`. */
export interface PatchAccountBody {
  readonly username: string;
}

/** Body of `POST /api/account/claim`: the device's own secret, by which the relay knew it before it signed in. */
export interface ClaimDeviceBody {
  readonly secret: string;
}

/** Answer to a claim: the collections that now belong to the account instead of to the device. */
export interface ClaimDeviceAnswer {
  readonly collections: readonly CollectionId[];
}

/** Body of `DELETE /api/account`. Every owned collection that has other members must be named. */
export interface EraseAccountBody {
  /** The account's own e-mail, typed by the person. */
  readonly email: string;
  /** Required when the account has one. */
  readonly password?: string | undefined;
  readonly collections: { readonly [collection: string]: 'delete' | { readonly transferTo: AccountId } };
  /** Required of the only operator: they know that nobody runs this relay from then on. */
  readonly leavesNoOperator?: boolean | undefined;
}

/** One line of an audit log: what happened, to whom, when; never content, never tokens. */
export interface AuditLineAnswer {
  readonly at: string;
  readonly kind: string;
  readonly accountId: AccountId | null;
  readonly collection: CollectionId | null;
  /** How often within the hour, for access that is folded. */
  readonly count: number;
  /** The caller's network: an IPv4 /24 or an IPv6 /48. */
  readonly network: string | null;
  readonly details: { readonly [name: string]: string | number | boolean };
}

/** Query of `GET /api/collections/:collection/audit`. */
export interface AuditQuery {
  /** The `next` of the page before. */
  readonly after?: string | undefined;
  /** Lines of a page, 1 to 200; 50 unless told. */
  readonly limit?: number | undefined;
}

/** Answer to it: lines, newest first, and where the next page begins. */
export interface AuditPageAnswer {
  readonly lines: readonly AuditLineAnswer[];
  readonly next: string | null;
}

/** An account as an operator sees it. */
export interface OperatorAccountAnswer {
  readonly accountId: AccountId;
  readonly email: string;
  readonly username: string;
  readonly createdAt: string;
  readonly tier: string;
  readonly storageUsed: number;
  readonly storageLimit: number;
  readonly isOperator: boolean;
}

/** Body of `PATCH /api/operator/accounts/:account`. */
export interface PatchOperatorAccountBody {
  readonly tier?: string | undefined;
  readonly isOperator?: boolean | undefined;
}

/** Body of `POST /api/operator/invites`: lets somebody sign up where `SIGNUP=invite`. */
export interface SignUpInviteBody {
  readonly email: string;
}

/** Checks {@link TierAnswer}. */
export const tierAnswer: v.GenericSchema<unknown, TierAnswer> = v.object({
  name: v.string(),
  storage: v.number(),
  detectionsPerMonth: v.number(),
  collections: v.nullable(v.number()),
  members: v.nullable(v.number()),
});

/** Checks {@link AccountAnswer}. */
export const accountAnswer: v.GenericSchema<unknown, AccountAnswer> = v.object({
  accountId: accountIdField,
  email: v.string(),
  emailVerified: v.boolean(),
  username: v.string(),
  createdAt: momentField,
  isOperator: v.boolean(),
  tier: tierAnswer,
  use: v.object({ storage: v.number(), detectionsThisMonth: v.number(), collections: v.number() }),
  hasPassword: v.boolean(),
  hasSecondFactor: v.boolean(),
  isOnlyOperator: v.boolean(),
  lookKey: secretField,
});
/** Checks {@link AccountKnownBody}. */
export const accountKnownBody: v.GenericSchema<unknown, AccountKnownBody> = v.strictObject({
  account: accountIdField,
  lookKey: secretField,
});
/** Checks {@link AccountKnownAnswer}. */
export const accountKnownAnswer: v.GenericSchema<unknown, AccountKnownAnswer> = v.object({ isKnown: v.boolean() });
/** Checks {@link PatchAccountBody}. */
export const patchAccountBody: v.GenericSchema<unknown, PatchAccountBody> = v.strictObject({ username: usernameField });
/** Checks {@link ClaimDeviceBody}. */
export const claimDeviceBody: v.GenericSchema<unknown, ClaimDeviceBody> = v.strictObject({ secret: secretField });
/** Checks {@link ClaimDeviceAnswer}. */
export const claimDeviceAnswer: v.GenericSchema<unknown, ClaimDeviceAnswer> = v.object({ collections: v.array(collectionIdField) });
/** Checks {@link EraseAccountBody}. */
export const eraseAccountBody: v.GenericSchema<unknown, EraseAccountBody> = v.strictObject({
  email: emailField,
  password: v.optional(lineField(128)),
  collections: v.record(
    v.pipe(v.string(), v.regex(/^[0-9A-Za-z]{22}$/, 'a collection id is 22 letters and digits')),
    v.union([v.literal('delete'), v.strictObject({ transferTo: accountIdField })]),
  ),
  leavesNoOperator: v.optional(v.boolean()),
});
/** Checks {@link ExportAccountQuery}. */
export const exportAccountQuery: v.GenericSchema<unknown, ExportAccountQuery> = v.strictObject({ check: v.optional(v.literal('only')) });
/** Checks {@link AuditLineAnswer}. */
export const auditLineAnswer: v.GenericSchema<unknown, AuditLineAnswer> = v.object({
  at: momentField,
  kind: v.string(),
  accountId: v.nullable(accountIdField),
  collection: v.nullable(collectionIdField),
  count: countField(1, Number.MAX_SAFE_INTEGER),
  network: v.nullable(v.string()),
  details: v.record(v.string(), v.union([v.string(), v.number(), v.boolean()])),
});
/** Checks {@link AuditQuery}. */
export const auditQuery: v.GenericSchema<unknown, AuditQuery> = v.strictObject({
  after: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,400}$/, 'a place is what the page before told as next'))),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, 'a limit is a number'),
      v.transform(Number),
      v.minValue(1, 'at least 1'),
      v.maxValue(200, 'at most 200'),
    ),
  ),
});
/** Checks {@link AuditPageAnswer}. */
export const auditPageAnswer: v.GenericSchema<unknown, AuditPageAnswer> = v.object({
  lines: v.array(auditLineAnswer),
  next: v.nullable(v.string()),
});
/** Checks {@link OperatorAccountAnswer}. */
export const operatorAccountAnswer: v.GenericSchema<unknown, OperatorAccountAnswer> = v.object({
  accountId: accountIdField,
  email: v.string(),
  username: v.string(),
  createdAt: momentField,
  tier: v.string(),
  storageUsed: v.number(),
  storageLimit: v.number(),
  isOperator: v.boolean(),
});
/** Checks {@link PatchOperatorAccountBody}. */
export const patchOperatorAccountBody: v.GenericSchema<unknown, PatchOperatorAccountBody> = v.strictObject({
  tier: v.optional(lineField(50)),
  isOperator: v.optional(v.boolean()),
});
/** Checks {@link SignUpInviteBody}. */
export const signUpInviteBody: v.GenericSchema<unknown, SignUpInviteBody> = v.strictObject({ email: emailField });
