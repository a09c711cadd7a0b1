import * as v from 'valibot';
import { lineField } from './fields.ts';

/** Where codes and names are looked up. */
export const lookupPath = '/api/lookup';

/** What a relay can be set up to ask. */
export const lookupSourceNames = ['open-library', 'upcitemdb', 'scryfall'] as const;
/** One of {@link lookupSourceNames}. */
export type LookupSourceName = (typeof lookupSourceNames)[number];

/** A `code` is a product's, such as an EAN or ISBN; a `card` is the name of a trading card. */
export type LookupSubject = 'code' | 'card';

/** A service this relay may ask, for people to decide whether it shall. */
export interface LookupSourceAnswer {
  readonly name: LookupSourceName;
  /** As its owners call it. */
  readonly title: string;
  /** Where its owners say what they do with what they are asked. */
  readonly page: string;
  readonly knows: LookupSubject;
}

/** Answer to `GET /api/lookup`: none where the operator set none up. */
export interface LookupSourcesAnswer {
  readonly sources: readonly LookupSourceAnswer[];
}

/** Body of `POST /api/lookup`. Nothing but the sources named in it are asked, and they hear nothing but the text. */
export interface LookupBody {
  readonly subject: LookupSubject;
  readonly text: string;
  readonly sources: readonly LookupSourceName[];
}

/** What something was offered or sold for. */
export interface LookupPrice {
  /** What the number says: `lowest` and `highest` ever seen, `market` today's. */
  readonly kind: 'lowest' | 'highest' | 'market';
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
}

/** What a source knows of one thing; a suggestion, as a detector's is. */
export interface LookupFound {
  readonly source: LookupSourceName;
  readonly name: string;
  readonly type: string;
  readonly series: string;
  readonly description: string;
  readonly barcodes: readonly string[];
  readonly prices: readonly LookupPrice[];
}

/** Why a source gave no answer; `retryAfterMs` where it or we know when it will. */
export interface LookupFailure {
  readonly source: LookupSourceName;
  readonly reason: 'busy' | 'unavailable' | 'unreadable' | 'refused';
  readonly detail: string;
  readonly retryAfterMs?: number | undefined;
}

/** Answer to `POST /api/lookup`: what is found, and which sources failed alone. */
export interface LookupAnswer {
  readonly found: readonly LookupFound[];
  readonly failed: readonly LookupFailure[];
}

const sourceName = v.picklist(lookupSourceNames, `a source is one of ${lookupSourceNames.join(', ')}`);
const subject = v.picklist(['code', 'card'], 'a subject is code or card');

/** Checks {@link LookupBody}. */
export const lookupBody: v.GenericSchema<unknown, LookupBody> = v.strictObject({
  subject,
  text: v.pipe(lineField(200), v.trim(), v.minLength(1, 'there must be something to look up')),
  sources: v.pipe(v.array(sourceName), v.maxLength(lookupSourceNames.length)),
});

/** Checks {@link LookupSourcesAnswer}. */
export const lookupSourcesAnswer: v.GenericSchema<unknown, LookupSourcesAnswer> = v.object({
  sources: v.array(v.object({ name: sourceName, title: v.string(), page: v.string(), knows: subject })),
});

const price = v.object({ kind: v.picklist(['lowest', 'highest', 'market']), amount: v.number(), currency: v.string() });

/** Checks {@link LookupAnswer}. */
export const lookupAnswer: v.GenericSchema<unknown, LookupAnswer> = v.object({
  found: v.array(
    v.object({
      source: sourceName,
      name: v.string(),
      type: v.string(),
      series: v.string(),
      description: v.string(),
      barcodes: v.array(v.string()),
      prices: v.array(price),
    }),
  ),
  failed: v.array(
    v.object({
      source: sourceName,
      reason: v.picklist(['busy', 'unavailable', 'unreadable', 'refused']),
      detail: v.string(),
      retryAfterMs: v.optional(v.number()),
    }),
  ),
});
