import type { Detection, DetectionFailure, Picture } from '@cacaw/detectors';
import type { DetectionHints } from '@cacaw/protocol/detection';

/** What the engine tells a worker that looks at pictures. `open` comes first, with what the detector is made of. */
export type ToDetector<Opening> =
  | { readonly type: 'open'; readonly opening: Opening }
  | { readonly type: 'detect'; readonly id: number; readonly picture: Picture; readonly hints: DetectionHints }
  /** Nobody waits for it any more. */
  | { readonly type: 'leave'; readonly id: number };

/** What it answers, each question once. */
export type FromDetector =
  | { readonly id: number; readonly detection: Detection }
  | { readonly id: number; readonly failure: DetectionFailure; readonly message: string; readonly retryAfterMs?: number | undefined };
