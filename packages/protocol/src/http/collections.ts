import * as v from 'valibot';
import type { AccountId, CollectionId } from '../ids.ts';
import type { WireRole } from '../messages.ts';
import {
  accountIdField,
  collectionIdField,
  countField,
  emailField,
  givenRoleField,
  inviteIdField,
  lineField,
  linesField,
  momentField,
  roleField,
  secretField,
  type InviteId,
} from './fields.ts';

/** Where collections are created and listed. */
export const collectionsPath = '/api/collections';

/** Body of `POST /api/collections`: makes a collection of the signed-in caller, who becomes its owner. */
export interface CreateCollectionBody {
  readonly id: CollectionId;
}

/** Answer 201 to the first `POST /api/collections`, 200 to its repeat by the same owner. An id of somebody else is 409. */
export interface CreateCollectionAnswer {
  readonly id: CollectionId;
  readonly created: boolean;
}

/** A collection as its member sees it from outside: the relay cannot read its name. */
export interface CollectionAnswer {
  readonly id: CollectionId;
  readonly role: WireRole;
  readonly joinedAt: string;
  readonly memberCount: number;
}

/** Body of `PATCH /api/collections/:collection`: hands the collection to another member; the caller stays as editor. */
export interface PatchCollectionBody {
  readonly owner: AccountId;
}

/** Somebody in a collection. The e-mail is told to the owner and to oneself only; a guest has none. */
export interface MemberAnswer {
  readonly accountId: AccountId;
  readonly username: string;
  readonly email?: string | undefined;
  readonly role: WireRole;
  readonly isGuest: boolean;
  readonly joinedAt: string;
}

/** Body of `POST …/members`: invites by mail; whoever opens the mail's link joins with this role. */
export interface InviteMemberBody {
  readonly email: string;
  readonly role: 'editor' | 'viewer';
  /** Shown in the mail only, kept nowhere. */
  readonly collectionName?: string | undefined;
}

/** Body of `PATCH …/members/:account`. */
export interface PatchMemberBody {
  readonly role: 'editor' | 'viewer';
}

/** Body of `POST …/invites`. Without numbers: 7 days, any number of uses, no guests. */
export interface CreateInviteBody {
  readonly role: 'editor' | 'viewer';
  readonly expiresInDays?: number | undefined;
  readonly maxUses?: number | undefined;
  /** A viewer may look without an account. */
  readonly allowsGuests?: boolean | undefined;
}

/** An invite as the owner sees it. Its secret is told once, in the answer that made it. */
export interface InviteAnswer {
  readonly id: InviteId;
  readonly role: 'editor' | 'viewer';
  readonly allowsGuests: boolean;
  readonly createdAt: string;
  /** Null for a link that was made before accounts existed: it has no end. */
  readonly expiresAt: string | null;
  readonly uses: number;
  readonly maxUses: number | null;
  /** Undefined for an invite by link. */
  readonly email?: string | undefined;
}

/** Answer to `POST …/members` (202): the invite whose link is on its way by mail; its secret is told to nobody else. */
export interface InviteMemberAnswer {
  readonly invite: InviteAnswer;
}

/** Answer to `POST …/invites`: the link carries the secret in its fragment, where no server sees it. */
export interface CreateInviteAnswer {
  readonly invite: InviteAnswer;
  readonly link: string;
}

/** Body of `POST /api/invites/look` and `POST /api/invites/accept`. */
export interface InviteSecretBody {
  readonly secret: string;
}

/** What an invite offers, told to whoever holds its secret. */
export interface InviteOffer {
  readonly collection: CollectionId;
  readonly role: 'editor' | 'viewer';
  readonly allowsGuests: boolean;
  /** Username of who made it; null when that account is erased, or the link older than accounts. */
  readonly invitedBy: string | null;
  readonly expiresAt: string | null;
}

/** Answer to `POST /api/invites/accept`; accepting again costs no further use. */
export interface AcceptInviteAnswer {
  readonly collection: CollectionId;
  readonly role: WireRole;
}

/** Body of `POST …/access-requests`: asks the owner by mail for a higher role. */
export interface AccessRequestBody {
  readonly role: 'editor';
  readonly message?: string | undefined;
}

/** Checks {@link CreateCollectionBody}. */
export const createCollectionBody: v.GenericSchema<unknown, CreateCollectionBody> = v.strictObject({
  id: collectionIdField,
});
/** Checks {@link CreateCollectionAnswer}. */
export const createCollectionAnswer: v.GenericSchema<unknown, CreateCollectionAnswer> = v.object({
  id: collectionIdField,
  created: v.boolean(),
});
/** Checks {@link CollectionAnswer}. */
export const collectionAnswer: v.GenericSchema<unknown, CollectionAnswer> = v.object({
  id: collectionIdField,
  role: roleField,
  joinedAt: momentField,
  memberCount: countField(0, 1_000_000),
});
/** Checks {@link PatchCollectionBody}. */
export const patchCollectionBody: v.GenericSchema<unknown, PatchCollectionBody> = v.strictObject({ owner: accountIdField });
/** Checks {@link MemberAnswer}. */
export const memberAnswer: v.GenericSchema<unknown, MemberAnswer> = v.object({
  accountId: accountIdField,
  username: v.string(),
  email: v.optional(v.string()),
  role: roleField,
  isGuest: v.boolean(),
  joinedAt: momentField,
});
/** Checks {@link InviteMemberBody}. */
export const inviteMemberBody: v.GenericSchema<unknown, InviteMemberBody> = v.strictObject({
  email: emailField,
  role: givenRoleField,
  collectionName: v.optional(lineField(200)),
});
/** Checks {@link PatchMemberBody}. */
export const patchMemberBody: v.GenericSchema<unknown, PatchMemberBody> = v.strictObject({ role: givenRoleField });
/** Checks {@link CreateInviteBody}. */
export const createInviteBody: v.GenericSchema<unknown, CreateInviteBody> = v.pipe(
  v.strictObject({
    role: givenRoleField,
    expiresInDays: v.optional(countField(1, 365)),
    maxUses: v.optional(countField(1, 1000)),
    allowsGuests: v.optional(v.boolean()),
  }),
  v.check(({ role, allowsGuests }) => role === 'viewer' || allowsGuests !== true, 'guests can only look: choose the role viewer'),
);
/** Checks {@link InviteAnswer}. */
export const inviteAnswer: v.GenericSchema<unknown, InviteAnswer> = v.object({
  id: inviteIdField,
  role: givenRoleField,
  allowsGuests: v.boolean(),
  createdAt: momentField,
  expiresAt: v.nullable(momentField),
  uses: countField(0, Number.MAX_SAFE_INTEGER),
  maxUses: v.nullable(countField(1, 1000)),
  email: v.optional(v.string()),
});
/** Checks {@link InviteMemberAnswer}. */
export const inviteMemberAnswer: v.GenericSchema<unknown, InviteMemberAnswer> = v.object({ invite: inviteAnswer });
/** Checks {@link CreateInviteAnswer}. */
export const createInviteAnswer: v.GenericSchema<unknown, CreateInviteAnswer> = v.object({ invite: inviteAnswer, link: v.string() });
/** Checks {@link InviteSecretBody}. */
export const inviteSecretBody: v.GenericSchema<unknown, InviteSecretBody> = v.strictObject({ secret: secretField });
/** Checks {@link InviteOffer}. */
export const inviteOffer: v.GenericSchema<unknown, InviteOffer> = v.object({
  collection: collectionIdField,
  role: givenRoleField,
  allowsGuests: v.boolean(),
  invitedBy: v.nullable(v.string()),
  expiresAt: v.nullable(momentField),
});
/** Checks {@link AcceptInviteAnswer}. */
export const acceptInviteAnswer: v.GenericSchema<unknown, AcceptInviteAnswer> = v.object({
  collection: collectionIdField,
  role: roleField,
});
/** Checks {@link AccessRequestBody}. */
export const accessRequestBody: v.GenericSchema<unknown, AccessRequestBody> = v.strictObject({
  role: v.literal('editor'),
  message: v.optional(linesField(500)),
});
