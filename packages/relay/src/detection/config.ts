import { defaultGeminiModel } from '@cacaw/detectors';
import * as v from 'valibot';
import { webAddress } from '../address-rules.ts';

/** Whether text is read on this machine where no service looks. */
export type DetectionFallback = 'on' | 'off';

/** Which service looks at pictures, and what that may cost; money in millionths of a US dollar. */
export interface DetectionConfig {
  readonly kind: 'gemini' | 'openai';
  /** Never shown. */
  readonly apiKey: string | undefined;
  readonly baseUrl: string | undefined;
  readonly model: string;
  /** What all accounts together may spend in a month. */
  readonly budgetMicros: number;
  /** Of a million tokens; undefined charges a flat price a picture. */
  readonly tokenPrices: { readonly input: number; readonly output: number } | undefined;
}

const micros = 1_000_000;
const word = v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,200}$/, 'must be one word'));
const dollars = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}(?:\.\d{1,6})?$/, 'must be an amount in US dollars, such as 50 or 0.25'),
  v.transform((text) => Math.round(Number(text) * micros)),
);
const prices = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}(?:\.\d{1,4})?,\d{1,4}(?:\.\d{1,4})?$/, 'must be the dollars of a million tokens read and written, such as 0.30,2.50'),
  v.transform((text) => {
    const [input = 0, output = 0] = text.split(',').map((one) => Math.round(Number(one) * micros));
    return { input, output };
  }),
);

type Variable<T> = v.OptionalSchema<v.GenericSchema<string, T>, undefined>;
interface DetectionVariables {
  readonly GEMINI_API_KEY: Variable<string>;
  readonly GEMINI_BASE_URL: Variable<string>;
  readonly DETECTION_URL: Variable<string>;
  readonly DETECTION_KEY: Variable<string>;
  readonly DETECTION_MODEL: Variable<string>;
  readonly DETECTION_BUDGET: v.OptionalSchema<v.GenericSchema<string, number>, '50'>;
  readonly DETECTION_PRICES: Variable<{ readonly input: number; readonly output: number }>;
  readonly DETECTION_FALLBACK: v.OptionalSchema<v.GenericSchema<string, DetectionFallback>, 'on'>;
}

/** What the environment says about detection. */
export const detectionVariables: DetectionVariables = {
  GEMINI_API_KEY: v.optional(word),
  GEMINI_BASE_URL: v.optional(webAddress),
  DETECTION_URL: v.optional(webAddress),
  DETECTION_KEY: v.optional(word),
  DETECTION_MODEL: v.optional(v.pipe(v.string(), v.regex(/^[\w.:/-]{1,100}$/, 'must be the name of a model'))),
  DETECTION_BUDGET: v.optional(dollars, '50'),
  DETECTION_PRICES: v.optional(prices),
  DETECTION_FALLBACK: v.optional(v.picklist(['on', 'off'], 'must be on or off'), 'on'),
};

type DetectionEnvironment = { readonly [Name in keyof DetectionVariables]?: v.InferOutput<DetectionVariables[Name]> } & {
  readonly DETECTION_BUDGET: number;
};

/** Gemini when there is a key for it, else another service when one is named, else none. */
export function detectionOf(one: DetectionEnvironment): DetectionConfig | undefined {
  const common = { budgetMicros: one.DETECTION_BUDGET, tokenPrices: one.DETECTION_PRICES };
  const { GEMINI_API_KEY: key, DETECTION_URL: url, DETECTION_MODEL: model } = one;
  if (key !== undefined)
    return { ...common, kind: 'gemini', apiKey: key, baseUrl: one.GEMINI_BASE_URL, model: model ?? defaultGeminiModel };
  if (url === undefined || model === undefined) return undefined;
  return { ...common, kind: 'openai', apiKey: one.DETECTION_KEY, baseUrl: url, model };
}
