import { DetectorError, type DetectionFailure } from '@cacaw/detectors';
import {
  detectAnswer,
  detectBatchBody,
  detectBody,
  detectionBudgetAnswer,
  detectPath,
  maxPictureBytes,
  type DetectAnswer,
  type DetectBatchBody,
  type DetectBatchLine,
  type DetectionBudgetAnswer,
} from '@cacaw/protocol/http';
import type { AccountId, Clock, HttpProblemCode } from '@cacaw/protocol';
import { confidenceOf, type DetectionHints } from '@cacaw/protocol/detection';
import { BudgetSpent, type DetectionBudget, type Detections } from '../detection/detections.ts';
import { readPicture } from '../detection/picture.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';

/** What the routes stand on. */
export interface DetectRouteOptions {
  /** Undefined where this relay has no detector. */
  readonly detections: Detections | undefined;
  readonly limiter: Pick<RateLimiter, 'take'>;
  readonly clock: Clock;
}

const base64 = (bytes: number): number => Math.ceil(bytes / 3) * 4;
const maxBodyBytes = base64(maxPictureBytes) + 4 * 1024;
/** Twenty pictures as devices make them come to a quarter of it. */
const maxBatchBytes = 48 * 1024 * 1024;
/** Pictures of one batch that are looked at together. */
const together = 4;

const problems: readonly HttpProblemCode[] = [
  'detection-off',
  'detection-blocked',
  'detection-unreadable',
  'detection-unavailable',
  'limit-reached',
  'picture-refused',
];

/** `POST /api/detect`, its batch and its budget: proposes items, never makes one. */
export const detectRoutes = (options: DetectRouteOptions): readonly Route[] => [
  route({
    method: 'post',
    path: detectPath,
    operation: 'detect',
    summary: 'What a detector sees in one picture. Counts against the limit and, unless it fails or was asked before, against the budget.',
    caller: 'account',
    limit: 'detection',
    off: offOf(options),
    body: detectBody,
    maxBodyBytes,
    answers: { 200: detectAnswer },
    audit: 'detected',
    problems,
    run: async ({ who, body: { image, ...hints }, context }) => ({
      status: 200,
      body: await detectOne(options, { account: who.account, image, hints, signal: context.req.raw.signal }),
    }),
  }),
  batchRoute(options),
  route({
    method: 'get',
    path: `${detectPath}/budget`,
    operation: 'readDetectionBudget',
    summary: 'What detections of this month have cost the signed-in account, and what they may cost.',
    caller: 'account',
    limit: 'api',
    answers: { 200: detectionBudgetAnswer },
    problems: ['detection-off'],
    run: async ({ who }) => ({ status: 200, body: budgetAnswer(await detectorOf(options).budget(who.account)) }),
  }),
];

const offOf = ({ detections }: DetectRouteOptions): Problem | undefined => (detections === undefined ? noDetection() : undefined);

const batchRoute = (options: DetectRouteOptions): Route =>
  route({
    method: 'post',
    path: `${detectPath}/batch`,
    operation: 'detectBatch',
    summary:
      'Up to 20 pictures, answered line by line (application/x-ndjson) as each is done. Each counts like a request; leaving ends it.',
    caller: 'account',
    limit: 'detection',
    off: offOf(options),
    body: detectBatchBody,
    maxBodyBytes: maxBatchBytes,
    answers: { 200: 'stream' },
    audit: 'detected',
    problems,
    async run({ who, body, context }) {
      await takeMore(options, who.account, body.images.length - 1);
      return new Response(batchStream(options, { account: who.account, body, signal: context.req.raw.signal }), {
        headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
      });
    },
  });

interface Asked {
  readonly account: AccountId;
  readonly image: string;
  readonly hints: DetectionHints;
  readonly signal: AbortSignal;
}

const noDetection = (): Problem => new Problem('detection-off', 'This relay has no detection service; its operator can set one up.');

function detectorOf({ detections }: DetectRouteOptions): Detections {
  if (detections === undefined) throw noDetection();
  return detections;
}

/** The first of a batch was counted at the door. */
async function takeMore({ limiter }: Pick<DetectRouteOptions, 'limiter'>, account: AccountId, count: number): Promise<void> {
  if (count <= 0) return;
  const { isAllowed, resetMs } = await limiter.take('detection', account);
  if (isAllowed) return takeMore({ limiter }, account, count - 1);
  const seconds = Math.max(1, Math.ceil(resetMs / 1000));
  throw new Problem('rate-limit', `Too many pictures; come back in ${seconds} seconds, or send fewer at once.`, { retryAfterMs: resetMs });
}

async function detectOne(options: DetectRouteOptions, { account, image, hints, signal }: Asked): Promise<DetectAnswer> {
  const began = options.clock.now();
  const detections = detectorOf(options);
  const picture = readPicture(image);
  if (picture === undefined) throw new Problem('picture-refused', 'The picture is no JPEG, PNG or WebP of at most 10 MiB. Choose another.');
  try {
    const { items, model, source, promptVersion, isCached, budget } = await detections.detect(account, picture, { hints, signal });
    return {
      items,
      confidence: confidenceOf(items),
      processingTime: Math.max(0, Math.round(options.clock.now() - began)),
      source,
      model,
      promptVersion,
      isCached,
      budget: budgetAnswer(budget),
    };
  } catch (error) {
    throw problemOf(error);
  }
}

const dollars = (micros: number): number => Math.round(micros) / 1_000_000;

const budgetAnswer = ({ spent, limit, picture }: DetectionBudget): DetectionBudgetAnswer => ({
  spent: dollars(spent),
  limit: dollars(limit),
  perPicture: dollars(picture),
});

const codes: { readonly [failure in DetectionFailure]: HttpProblemCode } = {
  busy: 'detection-unavailable',
  blocked: 'detection-blocked',
  unreadable: 'detection-unreadable',
  unavailable: 'detection-unavailable',
  timeout: 'detection-unavailable',
  refused: 'picture-refused',
  setup: 'detection-unavailable',
  cancelled: 'detection-unavailable',
};

function problemOf(error: unknown): unknown {
  if (error instanceof DetectorError) return new Problem(codes[error.failure], error.message, { retryAfterMs: error.retryAfterMs });
  if (!(error instanceof BudgetSpent)) return error;
  return error.whose === 'account'
    ? new Problem('limit-reached', 'Your detections of this month are used up. Enter items by hand, or come back next month.')
    : new Problem('detection-unavailable', 'This relay has spent its detections of the month. Enter items by hand, or ask its operator.');
}

/** One line per picture in order of completion; whoever leaves ends what has not been sent. */
function batchStream(
  options: DetectRouteOptions,
  {
    account,
    body: { images, ...hints },
    signal,
  }: { readonly account: AccountId; readonly body: DetectBatchBody; readonly signal: AbortSignal },
): ReadableStream<Uint8Array> {
  const leaving = new AbortController();
  const ends = AbortSignal.any([signal, leaving.signal]);
  const encoder = new TextEncoder();
  let next = 0;
  const work = async (write: (line: DetectBatchLine) => void): Promise<void> => {
    while (next < images.length && !ends.aborted) {
      const index = next++;
      const line = await lineOf(options, index, { account, image: images[index] ?? '', hints, signal: ends });
      if (!ends.aborted) write(line);
    }
  };
  return new ReadableStream({
    async start(controller) {
      const write = (line: DetectBatchLine): void => controller.enqueue(encoder.encode(`${JSON.stringify(line)}\n`));
      await Promise.all(Array.from({ length: Math.min(together, images.length) }, () => work(write)));
      if (!ends.aborted) controller.close();
    },
    cancel: () => leaving.abort(),
  });
}

async function lineOf(options: DetectRouteOptions, index: number, asked: Asked): Promise<DetectBatchLine> {
  try {
    return { index, answer: await detectOne(options, asked) };
  } catch (error) {
    if (!(error instanceof Problem))
      return { index, problem: { code: 'internal', detail: 'The relay failed to look at this picture; try again.' } };
    return { index, problem: { code: error.code, detail: error.message, retryAfterMs: error.details.retryAfterMs } };
  }
}
