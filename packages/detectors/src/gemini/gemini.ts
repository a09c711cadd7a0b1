import { ApiError, GoogleGenAI, type Candidate, type GenerateContentResponse } from '@google/genai';
import { answerSchema, detectionPrompt, readDetection, type DetectionHints } from '@cacaw/protocol/detection';
import { boundedFetch } from '../bounded-fetch.ts';
import { mostTokensOf } from '../most-tokens.ts';
import { failed, failureOf, failureOfThrown } from '../failures.ts';
import type { Detection, Detector, Picture } from '../detector.ts';
import { pictureGoesHere, withPicture } from '../picture-body.ts';

/** How Gemini is reached. */
export interface GeminiOptions {
  readonly apiKey: string;
  readonly model: string;
  /** Another address than Google's. */
  readonly baseUrl?: string | undefined;
  /** How long one picture may take. */
  readonly patienceMs: number;
  /** What asks in place of the platform's own. */
  readonly fetch?: typeof fetch | undefined;
}

const maxOutputTokens = 16_384;
/** A picture comes to at most 24 tiles of 258, or 2,240 at the highest resolution of newer models (https://ai.google.dev/gemini-api/docs/tokens). */
const mostPictureTokens = 8_192;

/** Google Gemini with a JSON schema for its answer (https://ai.google.dev/api/generate-content). Asks once: trying again is the caller's. */
export function createGeminiDetector({ apiKey, model, baseUrl, patienceMs, fetch: ask }: GeminiOptions): Detector {
  const service = new GoogleGenAI({
    apiKey,
    vertexai: false,
    // Answers held to a schema are documented for this version of the API; the library's default is another.
    httpOptions: { apiVersion: 'v1beta', ...(baseUrl === undefined ? {} : { baseUrl }) },
  });
  return {
    source: 'gemini',
    mostTokens: (hints) => mostTokensOf(hints, { picture: mostPictureTokens, output: maxOutputTokens }),
    async detect(picture, hints, signal) {
      const late = AbortSignal.timeout(patienceMs);
      try {
        const answer = await service.models.generateContent({
          model,
          contents: [{ role: 'user', parts: [{ text: detectionPrompt(hints) }, inlineData(picture)] }],
          config: {
            responseMimeType: 'application/json',
            responseJsonSchema: answerSchema,
            temperature: 0,
            maxOutputTokens: Math.min(maxOutputTokens, hints.mostOutputTokens ?? Infinity),
            httpOptions: { fetch: sending(picture, ask) },
            abortSignal: AbortSignal.any([signal, late]),
          },
        });
        return readAnswer(answer, { hints, model });
      } catch (error) {
        if (error instanceof ApiError) throw failureOf({ status: error.status, body: error.message });
        throw failureOfThrown(error, { signal, isLate: late.aborted });
      }
    },
  };
}

/** Sends what the library wrote, with the picture in its place. */
const sending =
  ({ bytes }: Picture, ask: typeof fetch | undefined): typeof fetch =>
  (input, init) =>
    boundedFetch(input, { ...init, body: withPicture(typeof init?.body === 'string' ? init.body : '', bytes) }, ask);

const inlineData = ({ mediaType }: Picture): { readonly inlineData: { readonly mimeType: string; readonly data: string } } => ({
  inlineData: { mimeType: mediaType, data: pictureGoesHere },
});

const blocking: ReadonlySet<string> = new Set(['SAFETY', 'PROHIBITED_CONTENT', 'BLOCKLIST', 'SPII', 'IMAGE_SAFETY', 'RECITATION']);

function readAnswer(
  { candidates, promptFeedback, usageMetadata, modelVersion }: GenerateContentResponse,
  { hints, model }: { readonly hints: DetectionHints; readonly model: string },
): Detection {
  const [first] = candidates ?? [];
  const tokens = tokensOf(usageMetadata);
  if (promptFeedback?.blockReason !== undefined || blocking.has(first?.finishReason ?? '')) throw failed('blocked', { tokens });
  const items = readDetection(textOf(first), hints);
  if (items === undefined) throw failed('unreadable', { tokens });
  return { items, model: modelVersion ?? model, tokens };
}

/** What the model wrote, without what it thought. */
const textOf = (candidate: Candidate | undefined): string =>
  (candidate?.content?.parts ?? []).map(({ thought, text = '' }) => (thought === true ? '' : text)).join('');

/** Thinking is paid for like writing. */
function tokensOf(usage: GenerateContentResponse['usageMetadata']): Detection['tokens'] {
  const { promptTokenCount: input, candidatesTokenCount = 0, thoughtsTokenCount = 0 } = usage ?? {};
  return input === undefined ? undefined : { input, output: candidatesTokenCount + thoughtsTokenCount };
}
