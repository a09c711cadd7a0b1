import type { DeviceSync, LastRefs, StoredCursor } from '@cacaw/core/device';
import { defaultPageBytes, type DocumentName, type Seq } from '@cacaw/protocol';
import type { Conversation, EncodedPage } from './exchange.ts';
import { readPage, type Inflate } from './page.ts';

/** What a pull is made of. */
export interface PullOptions {
  readonly device: Pick<DeviceSync, 'confirmPage'>;
  readonly conversation: Conversation;
  readonly inflate: Inflate;
  /** Where the pull begins, or goes on when it carries the position of one that was cut. */
  readonly cursor: StoredCursor;
  /** The head at join, and the own commits the log held then. */
  readonly joined: { readonly head: Seq; readonly lastRefs: LastRefs };
  readonly pullFirst: () => readonly DocumentName[];
}

/** Reads what a collection's log holds after a cursor, page by page, each stored with the position after it. */
export interface Pull {
  /** Moves when the last page was stored; until then it carries the position after the stored pages. */
  readonly cursor: StoredCursor;
  readonly documentsStored: number;
  readonly hasPage: boolean;
  readonly hasEnded: boolean;
  /** Asks for the next page unless one is on its way, enough are held, or the last has come. */
  ask(): void;
  hear(page: EncodedPage): void;
  /** Stores the oldest page held and returns the notes that must be pulled from the beginning; `malformed` when its bytes are. */
  store(): Promise<readonly DocumentName[] | 'malformed'>;
}

/** A pull that has not asked yet. */
export const createPull = (options: PullOptions): Pull => new PagedPull(options);

/** One page is stored while the next is on its way. */
const maxPagesHeld = 1;
const maxOrder = 4096;
const noRefs: LastRefs = new Map();

class PagedPull implements Pull {
  readonly #options: PullOptions;
  readonly #pages: EncodedPage[] = [];
  #cursor: StoredCursor;
  #next: Uint8Array | undefined;
  #isAsked = false;
  #lastHasCome = false;
  #documentsStored = 0;

  constructor(options: PullOptions) {
    this.#options = options;
    this.#cursor = options.cursor;
    this.#next = options.cursor.pull?.next;
  }

  get cursor(): StoredCursor {
    return this.#cursor;
  }

  get documentsStored(): number {
    return this.#documentsStored;
  }

  get hasPage(): boolean {
    return this.#pages.length > 0;
  }

  get hasEnded(): boolean {
    return this.#lastHasCome && !this.hasPage;
  }

  ask(): void {
    if (this.#isAsked || this.#lastHasCome || this.#pages.length > maxPagesHeld) return;
    const { conversation, cursor, pullFirst } = this.#options;
    this.#isAsked = true;
    conversation.pull({ after: cursor.seq, maxBytes: defaultPageBytes, order: pullFirst().slice(0, maxOrder), next: this.#next });
  }

  hear(page: EncodedPage): void {
    if (!this.#isAsked) return;
    this.#isAsked = false;
    this.#next = page.next;
    this.#lastHasCome = page.next === undefined;
    this.#pages.push(page);
  }

  async store(): Promise<readonly DocumentName[] | 'malformed'> {
    const [encoded] = this.#pages;
    if (encoded === undefined) return [];
    const { device, inflate, joined } = this.#options;
    const page = await readPage(encoded, inflate);
    if (page === undefined) return 'malformed';
    // Own commits can be told only once everything up to the head at join is here: a document may go on in a later page,
    // and a resumed pull may end before that head.
    const lastRefs = page.next === undefined && page.head >= joined.head ? joined.lastRefs : noRefs;
    const after = this.#after(encoded);
    const differing = await device.confirmPage(after.collection, page, lastRefs, after);
    this.#cursor = after;
    this.#documentsStored += page.documents.length;
    this.#pages.shift();
    return differing;
  }

  #after({ head, chain, next }: EncodedPage): StoredCursor {
    const { collection, lineage, seq, chain: chainBefore } = this.#cursor;
    if (next === undefined) return { collection, lineage, seq: head, chain };
    return { collection, lineage, seq, chain: chainBefore, pull: { head, next } };
  }
}
