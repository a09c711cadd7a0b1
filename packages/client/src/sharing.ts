import type { DeviceStore } from '@cacaw/core/device';
import { bytesToBase64url, type AccountId, type CollectionId, type WireRole } from '@cacaw/protocol';
import {
  acceptInviteAnswer,
  collectionAnswer,
  createInviteAnswer,
  inviteAnswer,
  inviteOffer,
  memberAnswer,
  publicPhotosAnswer,
  showableOf,
  type CreateInviteAnswer,
  type CreateInviteBody,
  type InviteAnswer,
  type InviteId,
  type InviteMemberBody,
  type InviteOffer,
  type MemberAnswer,
} from '@cacaw/protocol/http';
import * as v from 'valibot';
import { anyAnswer, bySchema } from './by-schema.ts';
import type { DeviceSettings } from './device-settings.ts';
import { shareError, ShareError } from './faults.ts';
import { networkChoice } from './network-mode.ts';
import type { RelayFace } from './relay-face.ts';
import { nameLink, parseLink } from './share-link.ts';

/** What an invite offers, before it is accepted. */
export interface Invitation extends InviteOffer {
  /** What whoever sent the link calls the collection; '' when it does not say. The relay does not know. */
  readonly name: string;
  /** Nothing to accept: the collection is on this device. */
  readonly isHere: boolean;
}

/** Who is in a collection, and how others get in. All of it needs the relay; each rejects with a {@link ShareError}. */
export interface SharingCalls {
  /** Makes a link that lets people in, and shares the collection first if it was local. The link is told only now. */
  createInvite(collection: CollectionId, terms: CreateInviteBody): Promise<CreateInviteAnswer>;
  inviteByMail(collection: CollectionId, who: Pick<InviteMemberBody, 'email' | 'role'>): Promise<void>;
  invites(collection: CollectionId): Promise<readonly InviteAnswer[]>;
  revokeInvite(collection: CollectionId, invite: InviteId): Promise<void>;
  /** What a link offers; asks nothing of whoever looks. */
  lookInvite(link: string): Promise<Invitation>;
  /** Joins by an invite, as the account, or without one by looking where that is allowed; resolves when it can be shown. */
  acceptInvite(link: string): Promise<CollectionId>;
  members(collection: CollectionId): Promise<readonly MemberAnswer[]>;
  setRole(collection: CollectionId, account: AccountId, role: 'editor' | 'viewer'): Promise<void>;
  removeMember(collection: CollectionId, account: AccountId): Promise<void>;
  /** Takes this account out of the collection and the collection off this device. */
  leave(collection: CollectionId): Promise<void>;
  /** Makes another member the owner; this account stays as editor. */
  transfer(collection: CollectionId, account: AccountId): Promise<void>;
  /** Deletes the collection for everybody in it; each device keeps what it has for 30 days. */
  deleteCollection(collection: CollectionId): Promise<void>;
  /** What the addresses begin with at which anybody may look at this collection's photos; null when nobody may. Told to the owner. */
  publicPhotos(collection: CollectionId): Promise<string | null>;
  /** Gives the photos such addresses, or takes them away for good: the next time they are others. */
  setPublicPhotos(collection: CollectionId, isPublic: boolean): Promise<string | null>;
  /** Asks the owner, by mail, to be let edit. */
  requestAccess(collection: CollectionId, message?: string): Promise<void>;
  /** What opens the stock lane for a free document of this collection (`FreeCredential`); null when nobody is signed in. */
  freeCredential(collection: CollectionId): Promise<string | null>;
}

/** What sharing needs of its tab. */
export interface SharingPorts {
  readonly store: DeviceStore;
  readonly face: RelayFace;
  /** The device's own secret, by which a guest is known. */
  readonly settings: Pick<DeviceSettings, 'accountSecret'>;
  /** Null: the local account, who can look at most. */
  readonly account: AccountId | null;
  /** What only the leading tab does. */
  readonly office: {
    share(collection: CollectionId): Promise<void>;
    openLink(link: string): Promise<CollectionId>;
    enter(collection: CollectionId, role: WireRole): Promise<CollectionId>;
    leave(collection: CollectionId): Promise<void>;
  };
}

/** Sharing as one tab does it: the relay is asked from here, once; what is kept on the device is the leading tab's. */
export const createSharing = (ports: SharingPorts): SharingCalls => new TabSharing(ports);

const members = (collection: CollectionId): string => `/collections/${collection}/members`;
const invites = (collection: CollectionId): string => `/collections/${collection}/invites`;

const publicPhotos = (collection: CollectionId): string => `/collections/${collection}/public-photos`;

class TabSharing implements SharingCalls {
  readonly #ports: SharingPorts;

  constructor(ports: SharingPorts) {
    this.#ports = ports;
  }

  async createInvite(collection: CollectionId, terms: CreateInviteBody): Promise<CreateInviteAnswer> {
    const name = await this.#shared(collection);
    const made = await this.#call('POST', invites(collection), createInviteAnswer, terms);
    return { ...made, link: nameLink(made.link, name) };
  }

  async inviteByMail(collection: CollectionId, { email, role }: Pick<InviteMemberBody, 'email' | 'role'>): Promise<void> {
    // A mail cannot say everything that a name may hold, and must not fail for it.
    const collectionName = showableOf(await this.#shared(collection)).trim();
    await this.#call('POST', members(collection), anyAnswer, { email, role, ...(collectionName === '' ? {} : { collectionName }) });
  }

  invites(collection: CollectionId): Promise<readonly InviteAnswer[]> {
    return this.#call('GET', invites(collection), v.array(inviteAnswer));
  }

  async revokeInvite(collection: CollectionId, invite: InviteId): Promise<void> {
    await this.#call('DELETE', `${invites(collection)}/${invite}`, anyAnswer);
  }

  async lookInvite(link: string): Promise<Invitation> {
    const { collection, secret, name } = parseLink(link);
    await this.#mayAsk();
    const offer = await asInvite(this.#ports.face.look({ method: 'POST', path: '/invites/look', body: { secret } }, bySchema(inviteOffer)));
    // The secret is what counts: a link whose halves do not belong together is a damaged one.
    if (offer.collection !== collection) throw shareError('bad-link');
    const row = await this.#ports.store.read(['collections'], (tx) => tx.get('collections', collection));
    return { ...offer, name, isHere: row !== undefined && row.name !== '' && row.mode === 'sync' && row.gone === null };
  }

  async acceptInvite(link: string): Promise<CollectionId> {
    const { secret } = parseLink(link);
    const { account, office } = this.#ports;
    if (account === null) return office.openLink(link);
    const { collection, role } = await asInvite(this.#call('POST', '/invites/accept', acceptInviteAnswer, { secret }));
    return office.enter(collection, role);
  }

  members(collection: CollectionId): Promise<readonly MemberAnswer[]> {
    return this.#call('GET', members(collection), v.array(memberAnswer));
  }

  async setRole(collection: CollectionId, account: AccountId, role: 'editor' | 'viewer'): Promise<void> {
    await this.#call('PATCH', `${members(collection)}/${account}`, memberAnswer, { role });
  }

  async removeMember(collection: CollectionId, account: AccountId): Promise<void> {
    await this.#call('DELETE', `${members(collection)}/${account}`, anyAnswer);
  }

  async leave(collection: CollectionId): Promise<void> {
    const { account, office } = this.#ports;
    if (account === null) throw shareError('sign-in-first');
    await this.removeMember(collection, account);
    await office.leave(collection);
  }

  async transfer(collection: CollectionId, account: AccountId): Promise<void> {
    await this.#call('PATCH', `/collections/${collection}`, collectionAnswer, { owner: account });
  }

  async deleteCollection(collection: CollectionId): Promise<void> {
    await this.#call('DELETE', `/collections/${collection}`, anyAnswer);
  }

  async publicPhotos(collection: CollectionId): Promise<string | null> {
    return (await this.#call('GET', publicPhotos(collection), publicPhotosAnswer)).address;
  }

  async setPublicPhotos(collection: CollectionId, isPublic: boolean): Promise<string | null> {
    return (await this.#call('PUT', publicPhotos(collection), publicPhotosAnswer, { isPublic })).address;
  }

  async requestAccess(collection: CollectionId, message = ''): Promise<void> {
    const text = message.trim();
    const body = { role: 'editor', ...(text === '' ? {} : { message: text }) };
    await this.#call('POST', `/collections/${collection}/access-requests`, anyAnswer, body);
  }

  async freeCredential(collection: CollectionId): Promise<string | null> {
    await this.#mayAsk();
    try {
      const token = await this.#ports.face.token();
      if (token !== undefined) return `bearer.${token}`;
    } catch (error) {
      if (error instanceof ShareError && error.code === 'signed-out') return null;
      throw error;
    }
    const secret = (await this.#ports.store.read(['collections'], (tx) => tx.get('collections', collection)))?.secret ?? null;
    // The same guest as on the native lane: one person is one member.
    return secret === null ? null : `capability.${secret}.${bytesToBase64url(await this.#ports.settings.accountSecret())}`;
  }

  /** Shares the collection if it is not, and returns what it is called. */
  async #shared(collection: CollectionId): Promise<string> {
    if (this.#ports.account === null) throw shareError('sign-in-first');
    await this.#ports.office.share(collection);
    return (await this.#ports.store.read(['collections'], (tx) => tx.get('collections', collection)))?.name ?? '';
  }

  async #call<Value>(
    method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
    path: string,
    schema: v.GenericSchema<unknown, Value>,
    body?: object,
  ): Promise<Value> {
    await this.#mayAsk();
    return this.#ports.face.call({ method, path, body }, bySchema(schema));
  }

  /** Whoever opens somebody's link wants to ask the relay, unless they chose that nothing leaves this device. */
  async #mayAsk(): Promise<void> {
    if ((await networkChoice(this.#ports.store)) === 'local') throw shareError('local-only');
  }
}

/** An invite is unknown, used up or ended: to whoever holds its link that is one thing. */
async function asInvite<Value>(asking: Promise<Value>): Promise<Value> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof ShareError && error.code === 'unknown') throw shareError('unknown-link', { cause: error });
    throw error;
  }
}
