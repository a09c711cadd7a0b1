import type { DetectionBy } from '@cacaw/client';
import type { Provenance } from '@cacaw/core';
import type { DetectionBudgetAnswer } from '@cacaw/protocol/http';

/** How sure a detector is, in a word and a number: `Sure · 93 %`. */
export function confidenceText(confidence: number): string {
  return `${confidenceWord(confidence)} · ${Math.round(100 * confidence)} %`;
}

/** The word alone, which also says how it is drawn. */
export function confidenceWord(confidence: number): 'Sure' | 'Likely' | 'Unsure' {
  if (confidence >= 0.85) return 'Sure';
  return confidence >= 0.5 ? 'Likely' : 'Unsure';
}

const dollars = (amount: number): string =>
  amount.toLocaleString(undefined, {
    style: 'currency',
    currency: 'USD',
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: 2,
    maximumFractionDigits: 4,
  });

/** Analyses left this month; null when they cost nothing and are not counted. */
export function analysesLeft({ spent, limit, perPicture, hasService }: DetectionBudgetAnswer): number | null {
  return perPicture <= 0 || hasService === false ? null : Math.max(0, Math.floor((limit - spent) / perPicture + 1e-9));
}

/** `12 of 100 analyses used this month, about $0.002 each.` */
export function budgetText(budget: DetectionBudgetAnswer): string {
  const left = analysesLeft(budget);
  if (left === null) return 'Analyses cost nothing here.';
  const all = Math.floor(budget.limit / budget.perPicture + 1e-9);
  const used = Math.max(0, all - left);
  return `${used.toLocaleString()} of ${all.toLocaleString()} ${all === 1 ? 'analysis' : 'analyses'} used this month, about ${dollars(budget.perPicture)} each.`;
}

/** `88 analyses left this month`. */
export function leftText(budget: DetectionBudgetAnswer): string {
  const left = analysesLeft(budget);
  if (left === null) return 'Analyses cost nothing here';
  return `${left.toLocaleString()} ${left === 1 ? 'analysis' : 'analyses'} left this month`;
}

/** `Asking again counts as another analysis, about $0.002.` Nothing where analyses cost nothing. */
export const againText = (budget: DetectionBudgetAnswer): string =>
  analysesLeft(budget) === null ? '' : `Asking again counts as another analysis, about ${dollars(budget.perPicture)}.`;

/** Where photos go, by who looks at them. */
export const whereText: { readonly [By in DetectionBy]: string } = {
  relay: 'Your server passes the photo to the service it uses (for most, Google Gemini). Where it was taken is not in it.',
  'own-key': 'The photo goes from this device straight to Google, under your own key and its terms. Where it was taken is not in it.',
  device: 'The photo stays on this device. Only text and barcodes are read.',
};

/** Where a photo goes that the server is asked about: nowhere, if it said that it only reads. */
export function serverText(budget: DetectionBudgetAnswer | null | undefined): string {
  return budget?.hasService === false
    ? 'Your server has no service that looks at photos. It reads text and barcodes itself and passes the photo to nobody.'
    : whereText.relay;
}

/** Why the server is not asked after all, where it is chosen and cannot be. */
export const noServerText: string =
  'Without an account no server is asked: the photo stays on this device, and only text and barcodes are read. Whole things are found with a key of your own, or with an account if this server has a detection service.';

const sources: { readonly [source: string]: string } = { gemini: 'Google Gemini', 'openai-compatible': 'the server’s own service' };

/** Which source answered: `Found by Google Gemini (gemini-2.5-flash)`. */
export function sourceText({
  source,
  model,
  budget,
}: {
  readonly source: string;
  readonly model: string;
  readonly budget: unknown;
}): string {
  if (source === 'on-device')
    return budget === null ? 'Read on this device: text and barcodes only' : 'Read by your server: text and barcodes only';
  return `Found by ${sources[source] ?? source}${model === '' ? '' : ` (${model})`}`;
}

/** The source of what a person added to what was proposed. */
export const personSource = 'person';

/** Where an item's first values came from: `First proposed by Google Gemini (Sure · 93 %), then checked by a person`. */
export function provenanceText({ source, confidence }: Provenance): string {
  if (source === personSource) return 'Seen in a photo and added by a person';
  const who = source === 'on-device' ? 'reading text and barcodes in' : `${sources[source] ?? source} from`;
  return `First proposed by ${who} a photo (${confidenceText(confidence)}), then checked by a person`;
}
