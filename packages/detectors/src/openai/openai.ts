import { answerSchema, detectionPrompt, readDetection, type DetectionHints } from '@cacaw/protocol/detection';
import * as v from 'valibot';
import { boundedFetch } from '../bounded-fetch.ts';
import { mostTokensOf } from '../most-tokens.ts';
import { failed, failureOf, failureOfThrown } from '../failures.ts';
import type { Detection, Detector, Picture } from '../detector.ts';
import { pictureGoesHere, withPicture } from '../picture-body.ts';

/** How an OpenAI-compatible service is reached: one's own machine, or a model one has trained. */
export interface OpenAiOptions {
  /** Up to and with `/v1`. */
  readonly baseUrl: string;
  /** Left out for services that ask for none. */
  readonly apiKey?: string | undefined;
  readonly model: string;
  readonly patienceMs: number;
  /** What asks in place of the platform's own. */
  readonly fetch?: typeof fetch | undefined;
}

const answerBody = v.object({
  model: v.optional(v.string()),
  choices: v.pipe(
    v.array(
      v.object({
        finish_reason: v.nullish(v.string()),
        message: v.object({ content: v.nullish(v.string()), refusal: v.nullish(v.string()) }),
      }),
    ),
    v.minLength(1),
  ),
  usage: v.nullish(v.object({ prompt_tokens: v.number(), completion_tokens: v.number() })),
});

const maxTokens = 16_384;
/** Eight tiles on the model that counts most for each (gpt-4o-mini, https://platform.openai.com/docs/guides/images-vision). */
const mostPictureTokens = 49_152;

/** A vision model behind `POST /chat/completions` with `response_format: json_schema` (https://platform.openai.com/docs/api-reference/chat). */
export function createOpenAiDetector(options: OpenAiOptions): Detector {
  const { baseUrl, apiKey, patienceMs } = options;
  return {
    source: 'openai-compatible',
    mostTokens: (hints) => mostTokensOf(hints, { picture: mostPictureTokens, output: maxTokens }),
    async detect(picture, hints, signal) {
      const late = AbortSignal.timeout(patienceMs);
      try {
        const question = {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }) },
          body: withPicture(JSON.stringify(requestBody(picture, hints, options)), picture.bytes),
          signal: AbortSignal.any([signal, late]),
        };
        const answer = await boundedFetch(`${baseUrl.replace(/\/$/, '')}/chat/completions`, question, options.fetch);
        const text = await answer.text();
        if (!answer.ok) throw failureOf({ status: answer.status, body: text, headers: answer.headers });
        return readAnswer(text, { hints, model: options.model });
      } catch (error) {
        throw failureOfThrown(error, { signal, isLate: late.aborted });
      }
    },
  };
}

function requestBody({ mediaType }: Picture, hints: DetectionHints, { model }: OpenAiOptions): object {
  return {
    model,
    temperature: 0,
    max_tokens: Math.min(maxTokens, hints.mostOutputTokens ?? Infinity),
    response_format: { type: 'json_schema', json_schema: { name: 'items', strict: true, schema: answerSchema } },
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: detectionPrompt(hints) },
          { type: 'image_url', image_url: { url: `data:${mediaType};base64,${pictureGoesHere}` } },
        ],
      },
    ],
  };
}

function readAnswer(text: string, { hints, model }: { readonly hints: DetectionHints; readonly model: string }): Detection {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), answerBody), text);
  const [choice] = read.success ? read.output.choices : [];
  if (!read.success || choice === undefined) throw failed('unreadable');
  const { usage } = read.output;
  const tokens = usage ? { input: usage.prompt_tokens, output: usage.completion_tokens } : undefined;
  if (isRefused(choice)) throw failed('blocked', { tokens });
  const items = readDetection(choice.message.content ?? '', hints);
  if (items === undefined) throw failed('unreadable', { tokens });
  return { items, model: read.output.model ?? model, tokens };
}

const isRefused = ({ finish_reason: reason, message }: v.InferOutput<typeof answerBody>['choices'][number]): boolean =>
  reason === 'content_filter' || (message.refusal ?? '') !== '';
