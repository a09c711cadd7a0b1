import { createHash } from 'node:crypto';
import { canonicalNotes, textHashBytes } from '@cacaw/protocol';
import * as Y from 'yjs';
import type { GuardState } from '@cacaw/protocol/guard';
import { mergesWithin } from './merge-cost.ts';

/**
 * A `Y.Doc` beside the guard for documents whose order of structs matters (notes): an update is taken only when Yjs itself
 * applies it without error and without leftovers. Guard states are its bookmarks: it can go back to any state it was told
 * of since the last commit.
 */
export interface NoteReplica {
  /** True when `bytes` applied on top of `before` leave a sound document; it then also knows `after`. */
  accepts(step: { readonly before: GuardState; readonly after: GuardState; readonly bytes: Uint8Array }): boolean;
  /** The rows up to `state` are committed. False when it was never told of that state, and must be made anew. */
  commit(state: GuardState): boolean;
  /** The hash of the canonical text of what is committed. */
  textHash(): Uint8Array;
}

/** A replica of what `committed` adds up to, which is bookmarked as `state`. */
export function createNoteReplica(state: GuardState, committed: readonly Uint8Array[], maxLength: number): NoteReplica {
  return new RewindableReplica(state, committed, maxLength);
}

class RewindableReplica implements NoteReplica {
  readonly #maxLength: number;
  #committed: Uint8Array[];
  #committedState: GuardState;
  #trail: { readonly state: GuardState; readonly bytes: Uint8Array }[] = [];
  #doc: Y.Doc;
  #at: GuardState;
  /** Of what is committed, once somebody has asked. */
  #textHash: Uint8Array | undefined;

  constructor(state: GuardState, committed: readonly Uint8Array[], maxLength: number) {
    this.#maxLength = maxLength;
    this.#committed = [...committed];
    this.#committedState = state;
    this.#at = state;
    this.#doc = docOf(this.#committed);
  }

  accepts({ before, after, bytes }: { readonly before: GuardState; readonly after: GuardState; readonly bytes: Uint8Array }): boolean {
    this.#goTo(before);
    if (!mergesWithin(this.#doc, bytes)) return false;
    const isSound =
      applies(this.#doc, bytes) && [...this.#doc.share.keys()].every((name) => this.#doc.getText(name).length <= this.#maxLength);
    if (!isSound) {
      this.#rebuild(before);
      return false;
    }
    this.#trail.push({ state: after, bytes });
    this.#at = after;
    return true;
  }

  commit(state: GuardState): boolean {
    const end = this.#trail.findLastIndex((one) => one.state === state);
    if (end < 0) return state === this.#committedState;
    // What follows in the trail may be the next rows of the same commit.
    this.#committed.push(...this.#trail.splice(0, end + 1).map((one) => one.bytes));
    this.#committedState = state;
    this.#textHash = undefined;
    return true;
  }

  textHash(): Uint8Array {
    if (this.#textHash !== undefined) return this.#textHash;
    this.#goTo(this.#committedState);
    const text = canonicalNotes([...this.#doc.share.keys()].map((name) => [name, this.#doc.getText(name).toJSON()]));
    this.#textHash = new Uint8Array(createHash('sha256').update(text).digest().subarray(0, textHashBytes));
    return this.#textHash;
  }

  #goTo(state: GuardState): void {
    if (this.#at !== state) this.#rebuild(state);
  }

  #rebuild(state: GuardState): void {
    const end = state === this.#committedState ? -1 : this.#trail.findLastIndex((one) => one.state === state);
    this.#trail = this.#trail.slice(0, end + 1);
    this.#doc.destroy();
    this.#doc = docOf([...this.#committed, ...this.#trail.map((one) => one.bytes)]);
    this.#at = state;
  }
}

/** One transaction each: merged ones may read a hostile member's structs differently, and every replica does it like this. */
function docOf(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}

function applies(doc: Y.Doc, bytes: Uint8Array): boolean {
  try {
    Y.applyUpdate(doc, bytes);
    return doc.store.pendingStructs === null && doc.store.pendingDs === null;
  } catch {
    return false;
  }
}
