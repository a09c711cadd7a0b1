import { createHash } from 'node:crypto';
import type { AccountId, CollectionId, DocumentName, MemberId, Random, Ref, Seq, WriterId } from '@cacaw/protocol';
import { newCollectionId } from '@cacaw/protocol';
import { nextChain } from '../log/chain.ts';
import type { Membership } from '../ports/membership.ts';
import type { Identity } from '../ports/authenticator.ts';
import type { AppendDecision, AppendRequest, LockedCollection, LogRow, UpdateLog } from '../ports/update-log.ts';

/** Randomness that repeats: the same seed gives the same bytes. */
export function seededRandom(seed: string): Random {
  let count = 0;
  return {
    bytes(length) {
      const parts: Buffer[] = [];
      while (parts.length * 32 < length)
        parts.push(
          createHash('sha256')
            .update(`${seed} ${(count += 1)}`)
            .digest(),
        );
      return new Uint8Array(Buffer.concat(parts).subarray(0, length));
    },
  };
}

/** One log with the access over the same database. */
export interface LogUnderTest {
  readonly log: UpdateLog;
  readonly access: Membership;
}

/** One plain row to append, before it has its place. */
export interface Draft {
  readonly document: string;
  readonly writer: number;
  readonly ref: number;
  readonly bytes: Uint8Array;
}

export const bytesOf = (...values: number[]): Uint8Array => Uint8Array.from(values);
export const account = 'A'.repeat(43) as AccountId;
export const guest = (one: AccountId): Identity => ({ account: one, kind: 'guest' });
export const seqOf = (value: number): Seq => value as Seq;
export const refOf = (value: number): Ref => value as Ref;

/** Makes a collection with one member, whose secret is `secret`. */
export async function newCollection(
  { access }: LogUnderTest,
  random: Random,
): Promise<{ readonly id: CollectionId; readonly member: MemberId; readonly secret: Uint8Array }> {
  const id = newCollectionId(random);
  const secret = random.bytes(32);
  await access.createByLink(id, createHash('sha256').update(secret).digest());
  const answer = await access.admit(guest(account), id, secret);
  if (!('admitted' in answer)) throw new Error('The fixture was not admitted.');
  return { id, member: answer.admitted.member, secret };
}

/** The rows that put drafts behind the locked head. */
export function continueWith(locked: LockedCollection, member: MemberId, drafts: readonly Draft[]): LogRow[] {
  let { head, chain } = locked.state;
  return drafts.map((draft) => {
    head = (head + 1) as Seq;
    const row = {
      seq: head,
      document: draft.document as DocumentName,
      writer: draft.writer as WriterId,
      ref: draft.ref as Ref,
      bytes: draft.bytes,
    };
    chain = nextChain(chain, row);
    return { ...row, member, chain, receivedAt: 1_700_000_000_250 };
  });
}

/** The decision that appends rows and moves their writers on. */
export function decisionOf(rows: readonly LogRow[]): AppendDecision {
  return {
    rows,
    writers: new Map(rows.map((row) => [row.writer, { member: row.member, lastRef: row.ref, closed: false }])),
    generations: new Map(),
  };
}

/** A request that appends drafts to whatever the head is. */
export function appending(
  collection: CollectionId,
  member: MemberId,
  drafts: readonly Draft[],
  seen: (locked: LockedCollection) => void = () => undefined,
): AppendRequest {
  return {
    collection,
    since: 0 as Seq,
    writers: [...new Set(drafts.map((one) => one.writer as WriterId))],
    documents: [],
    members: [member],
    repeats: [],
    patient: false,
    decide(locked) {
      seen(locked);
      return decisionOf(continueWith(locked, member, drafts));
    },
  };
}

/** So many pushes of one writer to one document. */
export const rows = (count: number, document = 'root.0', writer = 7): Draft[] =>
  Array.from({ length: count }, (_, index) => ({ document, writer, ref: index + 1, bytes: bytesOf(index % 256, 1, 2) }));
