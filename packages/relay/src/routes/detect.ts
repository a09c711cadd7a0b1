import type { DetectorError } from '@cacaw/detectors';
import {
  detectAnswer,
  detectBatchBody,
  detectBody,
  detectionBudgetAnswer,
  detectPath,
  maxPictureBytes,
  type DetectAnswer,
  type DetectBatchBody,
  type DetectBody,
  type DetectionBudgetAnswer,
} from '@cacaw/protocol/http';
import type { AccountId, Clock, HttpProblemCode } from '@cacaw/protocol';
import { confidenceOf, correctionsOf, type DetectionHints } from '@cacaw/protocol/detection';
import { picturesOf, type AskedPictures, type ComeBy, type PictureGround } from '../detection/asked-pictures.ts';
import type { Asked, DetectionBudget, Detections } from '../detection/detections.ts';
import { detectionCodes, detectionProblemOf } from '../detection/problems.ts';
import { Problem, route, type Route } from '../http/route.ts';
import type { Lessons } from '../ports/lessons.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import { batchStream } from './detect-batch.ts';

/** What the routes stand on. */
export interface DetectRouteOptions extends PictureGround {
  /** Undefined where this relay has no detector. */
  readonly detections: Detections | undefined;
  readonly limiter: Pick<RateLimiter, 'take'>;
  readonly clock: Clock;
  /** What people of the collection corrected before. */
  readonly lessons: Pick<Lessons, 'corrections'>;
}

const base64 = (bytes: number): number => Math.ceil(bytes / 3) * 4;
const maxBodyBytes = base64(maxPictureBytes) + 4 * 1024;
/** Twenty pictures as devices make them come to a quarter of it. */
const maxBatchBytes = 48 * 1024 * 1024;

const problems: readonly HttpProblemCode[] = [
  'detection-off',
  'detection-blocked',
  'detection-unreadable',
  'detection-unavailable',
  'limit-reached',
  'picture-refused',
  'photo-not-stored',
  'not-asked-before',
  'unknown',
  'gone',
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
    async run({ who, body, context }) {
      const [comeBy] = await picturesOf(options, who, askedOf(body));
      const { onlyKnown = false, seal } = 'photo' in body ? body : {};
      const hints = await hintsOf(options, body);
      const asked = { account: who.account, comeBy, hints, seal, signal: context.req.raw.signal, onlyKnown };
      return { status: 200, body: await detectOne(options, asked) };
    },
  }),
  batchRoute(options),
  route({
    method: 'get',
    path: `${detectPath}/budget`,
    operation: 'readDetectionBudget',
    summary: 'What detections of this month have cost the signed-in account, and what they may cost.',
    caller: 'account',
    limit: 'api',
    off: offOf(options),
    answers: { 200: detectionBudgetAnswer },
    problems: ['detection-off'],
    run: async ({ who }) => ({ status: 200, body: budgetAnswer(await detectorOf(options).budget(who.account)) }),
  }),
];

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
      const pictures = await picturesOf(options, who, body);
      await takeMore(options, who.account, pictures.length - 1);
      const hints = await hintsOf(options, body);
      const look = (index: number, signal: AbortSignal): Promise<DetectAnswer> =>
        detectOne(options, { account: who.account, comeBy: pictures[index], hints, signal });
      return new Response(batchStream(pictures.length, look, context.req.raw.signal), {
        headers: { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' },
      });
    },
  });

const askedOf = (body: DetectBody): AskedPictures =>
  'image' in body ? { images: [body.image] } : { photos: [body.photo], collection: body.collection };

/** Lessons looked through for corrections: kinds of change repeat. */
const latestLessons = 50;

/** What the picture is looked at with. A collection that learns adds what its people corrected; its membership was checked with the photo. */
async function hintsOf({ lessons }: DetectRouteOptions, body: DetectBody | DetectBatchBody): Promise<DetectionHints> {
  const { collectionType, prompt, language, currency } = body;
  const latest = 'collection' in body ? await lessons.corrections(body.collection, latestLessons) : [];
  return { collectionType, prompt, language, currency, corrections: correctionsOf(latest) };
}

interface Question extends Asked {
  readonly account: AccountId;
  readonly comeBy: ComeBy | undefined;
  readonly signal: AbortSignal;
  /** Nobody is asked: what is not known is a problem. */
  readonly onlyKnown?: boolean;
}

const noDetection = (): Problem => new Problem('detection-off', 'This relay has no detection service; its operator can set one up.');
const notAskedBefore = (): Problem =>
  new Problem('not-asked-before', 'Nobody of this account has had this photo looked at so. Ask without onlyKnown to have it done.');
const offOf = ({ detections }: DetectRouteOptions): Problem | undefined => (detections === undefined ? noDetection() : undefined);

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

async function detectOne(options: DetectRouteOptions, question: Question): Promise<DetectAnswer> {
  const { account, comeBy, hints, seal, signal, onlyKnown = false } = question;
  const began = options.clock.now();
  if (comeBy === undefined) throw new Problem('malformed', 'There is no picture to look at.');
  const picture = await comeBy();
  try {
    const detector = detectorOf(options);
    const asked = { hints, seal };
    const detected = onlyKnown
      ? await detector.known(account, picture, asked)
      : await detector.detect(account, picture, { ...asked, signal });
    if (detected === undefined) throw notAskedBefore();
    const { items, model, source, promptVersion, isCached, missed, budget } = detected;
    return {
      items,
      confidence: confidenceOf(items),
      processingTime: Math.max(0, Math.round(options.clock.now() - began)),
      source,
      missed: missedOf(missed),
      model,
      promptVersion,
      isCached,
      budget: budgetAnswer(budget),
    };
  } catch (error) {
    throw detectionProblemOf(error);
  }
}

const missedOf = (missed: DetectorError | undefined): DetectAnswer['missed'] =>
  missed === undefined ? null : { code: detectionCodes[missed.failure], retryAfterMs: missed.retryAfterMs };

const dollars = (micros: number): number => Math.round(micros) / 1_000_000;

const budgetAnswer = ({ spent, limit, picture, hasService }: DetectionBudget): DetectionBudgetAnswer => ({
  spent: dollars(spent),
  limit: dollars(limit),
  perPicture: dollars(picture),
  hasService,
});
