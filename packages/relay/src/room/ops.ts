import type { AccountId, DocumentName, MemberId, ParsedDocumentName, Ref, RefusedKind, Seq, WriterId } from '@cacaw/protocol';
import type { LogRow } from '../ports/update-log.ts';

/** Who asks for something in a room. */
export interface Author {
  readonly account: AccountId;
  readonly member: MemberId;
  readonly appSchema: number;
}

/** A document an update is for. */
export interface Target {
  readonly name: DocumentName;
  readonly parsed: ParsedDocumentName;
}

/** One update to append, under the author's own writer id. */
export interface PushOp {
  readonly kind: 'push';
  readonly author: Author;
  readonly writer: WriterId;
  readonly ref: Ref;
  readonly target: Target;
  readonly bytes: Uint8Array;
  readonly answer: (answer: Answer) => void;
}

/** An update that gives back what a restored log has lost; it may hold structs of any writer. */
export interface RepairOp extends Omit<PushOp, 'kind'> {
  readonly kind: 'repair';
}

/** The whole of a document under its next generation, made from its rows up to `seen`. */
export interface MintOp extends Omit<PushOp, 'kind'> {
  readonly kind: 'mint';
  readonly seen: Seq;
}

/** Nothing later of the writer will be accepted. */
export interface CloseOp {
  readonly kind: 'close';
  readonly author: Author;
  readonly writer: WriterId;
  readonly answer: (answer: Answer) => void;
}

/** What a room is asked to append. */
export type RoomOp = PushOp | RepairOp | MintOp | CloseOp;

/** What became of an op. `appended` and `repeated` mean committed. */
export type Answer =
  | { readonly kind: 'appended' | 'repeated'; readonly row: LogRow }
  | { readonly kind: 'closed'; readonly lastRef: Ref }
  | { readonly kind: 'refused'; readonly refusal: RefusedKind; readonly reason: string };
