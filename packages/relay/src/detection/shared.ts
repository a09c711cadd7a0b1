/** Lets a question that is being answered already be answered once for all who ask it. */
export interface Shared<T> {
  /**
   * Asks, or waits with who asks already; `isFirst` tells which. Rejects with what `left` gives when `signal` ends, which ends nothing but
   * the waiting: what is asked is answered, and paid for.
   */
  ask(question: string, signal: AbortSignal, ask: () => Promise<T>): Promise<{ readonly answer: T; readonly isFirst: boolean }>;
}

/** Questions of this process; `left` is what whoever leaves is told. */
export function createShared<T>(left: () => Error): Shared<T> {
  const asked = new Map<string, Promise<T>>();
  const begin = (question: string, ask: () => Promise<T>): Promise<T> => {
    const answer = ask().finally(() => asked.delete(question));
    // Those who wait are told; when all have left nobody is.
    answer.catch(() => undefined);
    asked.set(question, answer);
    return answer;
  };
  return {
    async ask(question, signal, ask) {
      if (signal.aborted) throw left();
      const running = asked.get(question);
      const answer = running ?? begin(question, ask);
      const { promise: leaves, reject } = Promise.withResolvers<never>();
      const leave = (): void => reject(left());
      signal.addEventListener('abort', leave, { once: true });
      try {
        return { answer: await Promise.race([answer, leaves]), isFirst: running === undefined };
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
  };
}
