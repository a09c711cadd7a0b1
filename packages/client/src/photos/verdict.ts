import type { UploadOutcome } from '@cacaw/core/planner';
import { blobRefusals, type BlobState } from '@cacaw/protocol/http';
import type { HttpFailure } from '../relay-http.ts';
import type { PhotoPause } from './photo-calls.ts';

/** What to do next about one blob, by what the relay said of it. */
export type Verdict =
  /** Send the piece that begins here. */
  | { readonly next: 'send'; readonly from: number }
  | { readonly next: 'settle'; readonly outcome: UploadOutcome }
  /** Nothing of this collection for a while. */
  | { readonly next: 'hold'; readonly why: Extract<PhotoPause, 'room' | 'forbidden'> }
  /** Nothing at all for a while; `afterMs` when the relay said how long. */
  | {
      readonly next: 'pause';
      readonly why: Extract<PhotoPause, 'offline' | 'unreachable' | 'signed-out'>;
      readonly afterMs?: number | undefined;
    };

/** What a state the relay reports means. */
export function verdictOfState(state: BlobState): Verdict {
  switch (state.state) {
    case 'missing':
      return { next: 'send', from: 0 };
    case 'receiving':
      return { next: 'send', from: state.received };
    case 'checking':
      return { next: 'settle', outcome: { state: 'checking' } };
    case 'refused':
      return { next: 'settle', outcome: { state: 'refused', code: state.code } };
    case 'stored':
      return { next: 'settle', outcome: { state: 'stored' } };
  }
}

/** What is in the way by what the relay, or this device, called it. */
const inTheWay: { readonly [code: string]: Verdict } = {
  offline: { next: 'pause', why: 'offline' },
  'signed-out': { next: 'pause', why: 'signed-out' },
  'sign-in-first': { next: 'pause', why: 'signed-out' },
  unauthenticated: { next: 'pause', why: 'signed-out' },
  'storage-full': { next: 'hold', why: 'room' },
};
/** The collection is not ours to add to: by role, or because the relay knows none such. */
const notOurs: ReadonlySet<number> = new Set([403, 404, 410]);

/** What a failed request means. What cannot pass by itself and is nobody's to wait for is the blob's own fault. */
export function verdictOfFailure(failure: HttpFailure): Verdict {
  const { code, status, received, retryAfterSeconds, mayPass } = failure;
  if (code === 'offset' && received !== undefined) return { next: 'send', from: received };
  if (blobRefusals.some((refusal) => refusal === code)) return { next: 'settle', outcome: { state: 'refused', code } };
  const known = inTheWay[code];
  if (known !== undefined) return known;
  if (notOurs.has(status)) return { next: 'hold', why: 'forbidden' };
  if (mayPass || status === 0) return { next: 'pause', why: 'unreachable', afterMs: retryAfterSeconds && retryAfterSeconds * 1000 };
  return { next: 'settle', outcome: { state: 'refused', code } };
}
