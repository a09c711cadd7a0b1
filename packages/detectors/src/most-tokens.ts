import { answerSchema, detectionPrompt, type DetectionHints } from '@cacaw/protocol/detection';
import type { Tokens } from './detector.ts';

/** Room for a service's own words around a question. */
const aroundTokens = 256;

/** The most a service may count for one question: no tokenizer makes more tokens of a text than it has bytes, and the schema is read as well. */
export const mostTokensOf = (
  hints: DetectionHints,
  { picture, output }: { readonly picture: number; readonly output: number },
): Tokens => ({
  input: picture + aroundTokens + bytesOf(detectionPrompt(hints)) + bytesOf(JSON.stringify(answerSchema)),
  output,
});

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;
