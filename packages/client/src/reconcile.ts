import type { DeviceSync, HeldContent } from '@cacaw/core/device';
import type { Clock, CollectionId, DocumentName, Seq } from '@cacaw/protocol';
import type { CollectionEvent, Conversation } from './exchange.ts';

type Need = Extract<CollectionEvent, { readonly type: 'need' }>;

/** What a reconciliation is made of. */
export interface ReconciliationOptions {
  readonly collection: CollectionId;
  readonly device: Pick<DeviceSync, 'stateVectors' | 'differences'>;
  readonly conversation: Conversation;
  readonly clock: Clock;
  /** A pause is over: there may be a step again. */
  readonly onWake: () => void;
}

/** Gives the relay what its log has lost and this device still holds, until the relay asks for nothing more. */
export interface Reconciliation {
  /** `lacking`: the relay still asked for something after every round; our copy must not be dropped. */
  readonly outcome: 'going' | 'done' | 'lacking';
  /** Takes `need` and `page`; everything else is none of its business. */
  hear(event: CollectionEvent): void;
  /** The next thing to do now; undefined while waiting for the relay. */
  step(): (() => Promise<void>) | undefined;
}

/** A reconciliation that has not begun. */
export const createReconciliation = (options: ReconciliationOptions): Reconciliation => new VectorReconciliation(options);

/** The relay may refuse a repair for good; then asking for ever would help nobody. Seven pauses are two minutes. */
const maxRounds = 8;
/** Rounds that give back pending pushes too. */
const roundsForAll = 2;
const firstPauseMs = 1000;
const fromTheStart = 0 as Seq;

/**
 * One round: our state vector of every document, then a pull of one small page as a fence. The relay answers a page after
 * every `state` and `repair` before it, so when the page comes every `need` of the round has come. A round without a need
 * proves that the relay has everything: what was not committed (a busy relay, a refusing one) is needed again. Later rounds
 * wait longer, so that a relay in trouble has time to recover before anything is given up.
 */
class VectorReconciliation implements Reconciliation {
  readonly #options: ReconciliationOptions;
  readonly #needs: Need[] = [];
  #round = 0;
  #isSaid = false;
  #isFenced = false;
  #wasNeeded = false;
  #isPausing = false;
  #outcome: Reconciliation['outcome'] = 'going';

  constructor(options: ReconciliationOptions) {
    this.#options = options;
  }

  get outcome(): Reconciliation['outcome'] {
    return this.#outcome;
  }

  hear(event: CollectionEvent): void {
    if (event.type === 'page') this.#isFenced = true;
    else if (event.type === 'need') this.#needs.push(event);
  }

  step(): (() => Promise<void>) | undefined {
    const need = this.#needs.shift();
    if (need !== undefined) return () => this.#repair(need);
    if (this.#isPausing) return undefined;
    if (!this.#isSaid) return () => this.#say();
    if (!this.#isFenced) return undefined;
    return () => this.#endRound();
  }

  /** An edit among the pending ones that no relay would take must not keep us here: it was never committed. */
  get #held(): HeldContent {
    return this.#round < roundsForAll ? 'all' : 'confirmed';
  }

  async #say(): Promise<void> {
    const { device, collection, conversation } = this.#options;
    this.#isSaid = true;
    const vectors: readonly (readonly [DocumentName, Uint8Array])[] = [...(await device.stateVectors(collection, this.#held))];
    vectors.forEach(([document, vector], index) => conversation.state(document, vector, index === vectors.length - 1));
    conversation.pull({ after: fromTheStart, maxBytes: 1, order: [], next: undefined });
  }

  async #repair({ document, stateVector }: Need): Promise<void> {
    const { device, collection, conversation } = this.#options;
    this.#wasNeeded = true;
    for (const piece of await device.differences(collection, { document, stateVector }, this.#held)) conversation.repair(document, piece);
  }

  #endRound(): Promise<void> {
    this.#round += 1;
    if (!this.#wasNeeded) this.#outcome = 'done';
    else if (this.#round >= maxRounds) this.#outcome = 'lacking';
    else if (this.#round > 1) this.#pause();
    this.#isSaid = false;
    this.#isFenced = false;
    this.#wasNeeded = false;
    return Promise.resolve();
  }

  #pause(): void {
    const { clock, onWake } = this.#options;
    this.#isPausing = true;
    clock.after(firstPauseMs * 2 ** (this.#round - 2), () => {
      this.#isPausing = false;
      onWake();
    });
  }
}
