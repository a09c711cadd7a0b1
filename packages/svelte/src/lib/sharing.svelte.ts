import type { Cacaw, SharingCalls } from '@cacaw/client';
import type { CollectionId } from '@cacaw/protocol';
import type { InviteAnswer, MemberAnswer } from '@cacaw/protocol/http';

/**
 * Who is in a collection and which invites are open, as a share dialog holds them. Nothing is asked before {@link load}; what
 * was heard last stays on screen while it is asked again, and after a failure.
 */
export class LiveSharing {
  readonly #cacaw: Cacaw;
  readonly #collection: CollectionId;
  #members = $state.raw<readonly MemberAnswer[]>();
  #invites = $state.raw<readonly InviteAnswer[]>([]);
  #error = $state.raw<unknown>();
  #asking = $state(0);
  #isOwner = false;

  constructor(cacaw: Cacaw, collection: CollectionId) {
    this.#cacaw = cacaw;
    this.#collection = collection;
  }

  /** Undefined until the relay has answered. */
  get members(): readonly MemberAnswer[] | undefined {
    return this.#members;
  }

  /** Told to the owner only; empty for everybody else. */
  get invites(): readonly InviteAnswer[] {
    return this.#invites;
  }

  /** Why the last thing asked did not work: a `ShareError`. */
  get error(): unknown {
    return this.#error;
  }

  get isBusy(): boolean {
    return this.#asking > 0;
  }

  /** Asks who is in it, and for an owner which invites are open. */
  async load(isOwner: boolean): Promise<void> {
    this.#isOwner = isOwner;
    await this.#attempt(() => this.#read());
  }

  /** Does one thing and reads everything again, as somebody who after it is the owner or not; true when it was done. */
  async act(run: (calls: SharingCalls, collection: CollectionId) => Promise<unknown>, isOwner: boolean = this.#isOwner): Promise<boolean> {
    return this.#attempt(async () => {
      await run(this.#cacaw, this.#collection);
      this.#isOwner = isOwner;
      await this.#read();
    });
  }

  async #read(): Promise<void> {
    const [members, invites] = await Promise.all([
      this.#cacaw.members(this.#collection),
      this.#isOwner ? this.#cacaw.invites(this.#collection) : [],
    ]);
    this.#members = members;
    this.#invites = invites;
  }

  async #attempt(run: () => Promise<void>): Promise<boolean> {
    this.#asking += 1;
    this.#error = undefined;
    try {
      await run();
      return true;
    } catch (error) {
      this.#error = error;
      return false;
    } finally {
      this.#asking -= 1;
    }
  }
}
