import type { LookRequest, PhotoDraft } from '@cacaw/core';
import { DetectorError, type Detection, type DetectionFailure, type Detector, type Picture } from '@cacaw/detectors';
import type { AccountId, BlobHash } from '@cacaw/protocol';
import type { DetectedItem, DetectionHints } from '@cacaw/protocol/detection';
import type { DetectAnswer, DetectionBudgetAnswer } from '@cacaw/protocol/http';

/** The hash of a test's nth photo. */
export const hashOf = (n: number): BlobHash => n.toString(16).padStart(64, '0') as BlobHash;

/** A photo as a page gives it. */
export const photoOf = (n: number): PhotoDraft => ({
  hash: hashOf(n),
  width: 20,
  height: 10,
  mediaType: 'image/webp',
  blob: new Blob([`picture ${n}`], { type: 'image/webp' }),
  thumbnail: new Blob(['square']),
});

/** A wish of an account that has nothing to add. */
export const lookBy = (by: AccountId | '', prompt = ''): LookRequest => ({ by, prompt, isOne: false });

/** A proposal about which nothing is known but its name. */
export const proposal = (name: string, more: Partial<DetectedItem> = {}): DetectedItem => ({
  name,
  type: '',
  series: '',
  condition: '',
  description: '',
  estimatedValue: null,
  currency: 'EUR',
  tags: [],
  barcodes: [],
  text: '',
  confidence: 0.9,
  box: null,
  ...more,
});

export const budget: DetectionBudgetAnswer = { spent: 0.004, limit: 2, perPicture: 0.002 };

/** What the relay answers. */
export const answerOf = (names: readonly string[], more: Partial<DetectAnswer> = {}): DetectAnswer => ({
  items: names.map((name) => proposal(name)),
  confidence: 0.9,
  processingTime: 12,
  source: 'gemini',
  missed: null,
  model: 'gemini-x',
  promptVersion: '2',
  isCached: false,
  budget,
  ...more,
});

/** A detector that says what it is told to, and remembers what it was asked. */
export class ScriptedDetector implements Detector {
  readonly source: string;
  readonly asked: { readonly text: string; readonly picture: Picture; readonly hints: DetectionHints; readonly signal: AbortSignal }[] = [];
  things: readonly (Partial<DetectedItem> & { readonly name: string })[] = [{ name: 'Lamp' }];
  failure: DetectionFailure | undefined;
  retryAfterMs: number | undefined;
  /** It thinks about it for ever, until whoever asked leaves. */
  isSlow = false;

  constructor(source: string) {
    this.source = source;
  }

  async detect(picture: Picture, hints: DetectionHints, signal: AbortSignal): Promise<Detection> {
    this.asked.push({ text: new TextDecoder().decode(picture.bytes), picture, hints, signal });
    if (this.isSlow) await new Promise((resolve) => signal.addEventListener('abort', resolve));
    if (signal.aborted) throw new DetectorError('cancelled', 'left');
    if (this.failure !== undefined) throw new DetectorError(this.failure, 'no', { retryAfterMs: this.retryAfterMs });
    return { items: this.things.map((thing) => proposal(thing.name, thing)), model: `${this.source}-1` };
  }
}
