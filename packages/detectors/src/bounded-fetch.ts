/** Larger than any list of items, smaller than what would hurt to hold. */
const maxAnswerBytes = 1024 * 1024;

/** An answer longer than anything a detector says. */
export class AnswerTooLong extends Error {}

/** `fetch`, or what stands for it, that follows no redirect and reads at most a megabyte, for services whose answers are not trusted. */
export async function boundedFetch(input: string | URL | Request, init?: RequestInit, ask: typeof fetch = fetch): Promise<Response> {
  const answer = await ask(input, { ...init, redirect: 'manual' });
  const bytes = await readBounded(answer);
  return new Response(answer.status === 204 ? null : bytes, { status: answer.status === 0 ? 502 : answer.status, headers: answer.headers });
}

async function readBounded(answer: Response): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const reader = answer.body?.getReader();
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read()) {
    length += part.value.length;
    if (length > maxAnswerBytes) {
      await reader?.cancel();
      throw new AnswerTooLong(`The service answered more than ${maxAnswerBytes} bytes.`);
    }
    parts.push(part.value);
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer());
}
