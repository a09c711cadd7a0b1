import type { Port } from './rpc.ts';

/** What a `MessagePort`, a `Worker` and a worker's own scope have in common. */
interface MessageEnd {
  postMessage(message: unknown): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
  /** Only a port has to be started, is closed, or, being a worker, terminated. */
  start?(): void;
  close?(): void;
  terminate?(): void;
}

/** A `MessagePort`, a `Worker`, or a dedicated worker's own `self` as one end of a {@link Port}. */
export function createMessagePort(end: MessageEnd): Port {
  return {
    post: (message) => end.postMessage(message),
    onMessage(listener) {
      end.addEventListener('message', ({ data }) => listener(data));
      end.start?.();
    },
    close() {
      if (end.terminate !== undefined) end.terminate();
      else end.close?.();
    },
  };
}
