import type { Observer } from '../../observer.ts';
import type { Purge } from '../../ports/purge.ts';

const timeLimitMs = 5_000;

/** Posts `{"path": "/p/<token>/"}` to an address an operator named; what fails is told as a fault, for the address is no more anyway. */
export const createHttpPurge =
  (url: string, observer: Observer): Purge =>
  async (path) => {
    try {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ path }),
        signal: AbortSignal.timeout(timeLimitMs),
        redirect: 'error',
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`It answered ${answer.status}.`);
    } catch (error) {
      observer.fault('caches were not told what is private again', { error });
    }
  };
