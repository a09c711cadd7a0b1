/** What one asks for and several wait for: it ends early only when all of them have left. */
interface Waited<T> {
  readonly answer: Promise<T>;
  readonly leaving: AbortController;
  waiting: number;
}

/** Lets a question that is being answered already be answered once for all who ask it. */
export interface Shared<T> {
  /** Asks, or waits with who asks already; `isFirst` tells which. Rejects with what `left` gives when `signal` ends. */
  ask(
    question: string,
    signal: AbortSignal,
    ask: (signal: AbortSignal) => Promise<T>,
  ): Promise<{ readonly answer: T; readonly isFirst: boolean }>;
}

/** Questions of this process; `left` is what whoever leaves is told. */
export function createShared<T>(left: () => Error): Shared<T> {
  const asked = new Map<string, Waited<T>>();
  const begin = (question: string, ask: (signal: AbortSignal) => Promise<T>): Waited<T> => {
    const leaving = new AbortController();
    const answer = ask(leaving.signal).finally(() => (asked.get(question)?.leaving === leaving ? asked.delete(question) : undefined));
    const waited = { answer, leaving, waiting: 0 };
    asked.set(question, waited);
    return waited;
  };
  return {
    async ask(question, signal, ask) {
      if (signal.aborted) throw left();
      const running = asked.get(question);
      const waited = running ?? begin(question, ask);
      waited.waiting += 1;
      const { promise: leaves, reject } = Promise.withResolvers<never>();
      const leave = (): void => {
        waited.waiting -= 1;
        if (waited.waiting === 0) {
          // Whoever asks after this asks anew.
          if (asked.get(question) === waited) asked.delete(question);
          waited.leaving.abort();
        }
        reject(left());
      };
      signal.addEventListener('abort', leave, { once: true });
      try {
        return { answer: await Promise.race([waited.answer, leaves]), isFirst: running === undefined };
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
