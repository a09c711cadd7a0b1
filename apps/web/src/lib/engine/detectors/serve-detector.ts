import { DetectorError, failed, type Detector } from '@cacaw/detectors';
import type { FromDetector, ToDetector } from './messages.ts';

/** A worker as its own script sees it. */
interface Scope {
  postMessage(message: FromDetector): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Looks at whatever pictures this worker is given, with the detector that `open` makes of the first message. */
export function serveDetector<Opening>(scope: Scope, open: (opening: Opening) => Promise<Detector>): void {
  const leaving = new Map<number, AbortController>();
  let detector: Promise<Detector> | undefined;

  async function detect({ id, picture, hints }: Extract<ToDetector<Opening>, { readonly type: 'detect' }>): Promise<FromDetector> {
    const left = new AbortController();
    leaving.set(id, left);
    try {
      if (detector === undefined) throw failed('setup');
      return { id, detection: await (await detector).detect(picture, hints, left.signal) };
    } catch (error) {
      const { failure, message, retryAfterMs } = error instanceof DetectorError ? error : failed('unavailable', { cause: error });
      return { id, failure, message, retryAfterMs };
    } finally {
      leaving.delete(id);
    }
  }

  scope.addEventListener('message', ({ data }) => {
    // Safe: only `createWorkerDetector` speaks to this worker.
    const message = data as ToDetector<Opening>;
    if (message.type === 'open') {
      detector = open(message.opening);
      // Told with the first picture.
      detector.catch(() => undefined);
    } else if (message.type === 'leave') leaving.get(message.id)?.abort();
    else void detect(message).then((answer) => scope.postMessage(answer));
  });
}
