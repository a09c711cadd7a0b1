import type { SharingCalls } from '@cacaw/client';
import type { AccountId, CollectionId } from '@cacaw/protocol';
import type { CreateInviteAnswer, CreateInviteBody, InviteAnswer, MemberAnswer } from '@cacaw/protocol/http';
import { LiveSharing } from '@cacaw/svelte';
import { createContext } from 'svelte';
import { failureOf, type AccountFailure } from '../account/failure.ts';
import type { OpenCollection } from '../collection/open-collection.svelte.ts';

const nothing: AccountFailure = { code: '', text: '' };

/** Who is in the collection on screen, how they got in, and what its owner can do about it. */
export class Sharing {
  readonly open: OpenCollection;
  readonly #live: LiveSharing = $derived.by(() => new LiveSharing(this.open.app.cacaw, this.open.id));
  #made = $state.raw<CreateInviteAnswer>();
  #asked = $state(false);
  /** Why the last thing asked did not work. */
  readonly failure: AccountFailure = $derived.by(() => (this.#live.error === undefined ? nothing : failureOf(this.#live.error)));

  constructor(open: OpenCollection) {
    this.open = open;
  }

  /** In the order they joined; undefined until the server has answered. */
  get members(): readonly MemberAnswer[] | undefined {
    return this.#live.members;
  }

  /** Invites that still let somebody in, newest first; only an owner is told. */
  get invites(): readonly InviteAnswer[] {
    return this.#live.invites.filter(({ expiresAt, uses, maxUses }) => {
      const isOver = expiresAt !== null && Date.parse(expiresAt) <= Date.now();
      return !isOver && (maxUses === null || uses < maxUses);
    });
  }

  /** The link just made: it is told once. */
  get made(): CreateInviteAnswer | undefined {
    return this.#made;
  }

  get busy(): boolean {
    return this.#live.isBusy;
  }

  /** This person's account; null without one, undefined until the registry has answered. */
  get me(): AccountId | null | undefined {
    return this.open.app.place?.account;
  }

  get isOwner(): boolean {
    return this.open.row?.role === 'owner';
  }

  get isViewer(): boolean {
    return this.open.row?.role === 'viewer';
  }

  /** The owner was asked for the role of an editor. */
  get asked(): boolean {
    return this.#asked;
  }

  /** Asks who is in; sends the collection to the server first if it was never there. */
  async begin(): Promise<void> {
    if (this.open.row?.mode === 'local' && !(await this.#send())) return;
    await this.#live.load(this.isOwner);
  }

  /** Lets this device sync, which the person had chosen against. */
  async turnSyncOn(): Promise<void> {
    await this.open.app.cacaw.setNetwork('sync');
    await this.begin();
  }

  async createInvite(terms: CreateInviteBody): Promise<void> {
    await this.#live.act(async (calls, id) => (this.#made = await calls.createInvite(id, terms)));
  }

  inviteByMail(email: string, role: 'editor' | 'viewer'): Promise<boolean> {
    return this.#live.act((calls, id) => calls.inviteByMail(id, { email, role }));
  }

  async revokeInvite(invite: InviteAnswer): Promise<void> {
    const done = await this.#live.act((calls, id) => calls.revokeInvite(id, invite.id));
    if (done && this.#made?.invite.id === invite.id) this.#made = undefined;
  }

  /** Changes one membership: another role, removal, or the collection handed over. */
  async change(act: (calls: SharingCalls, collection: CollectionId) => Promise<void>): Promise<void> {
    await this.#live.act(act);
  }

  /** Makes another member the owner; this person is an editor from then on, and is told no invites. */
  async handOver(account: AccountId): Promise<void> {
    await this.#live.act((calls, id) => calls.transfer(id, account), false);
  }

  /** Ends the collection for everybody; rejects with why it could not be. Every device is told by the server. */
  deleteCollection(): Promise<void> {
    return this.open.app.cacaw.deleteCollection(this.open.id);
  }

  async askToEdit(): Promise<void> {
    this.#asked = await this.#live.act((calls, id) => calls.requestAccess(id));
  }

  /** True when the link is on the clipboard. */
  async copyLink(): Promise<boolean> {
    try {
      await navigator.clipboard.writeText(this.#made?.link ?? '');
      return true;
    } catch {
      this.open.app.toasts.show('This browser did not let the link be copied. Select it and copy it by hand.', { tone: 'error' });
      return false;
    }
  }

  #send(): Promise<boolean> {
    return this.#live.act(() => this.open.app.cacaw.share(this.open.id));
  }
}

/** What the dialog on screen shares, given by it. */
export const [getSharing, setSharing] = createContext<Sharing>();
