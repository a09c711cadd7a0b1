import type { Fetch, HttpInit } from '../src/relay-http.ts';

/** One request as a scripted relay heard it. */
export interface HeardRequest {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly init: HttpInit;
}

/** What a scripted relay says: a status with a body, or nothing at all. */
export type ScriptedAnswer =
  | {
      readonly status: number;
      readonly body?: unknown;
      readonly text?: string;
      readonly blob?: Blob;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | 'nothing';

/** A relay's HTTP face that answers what a test wrote down, and remembers what it was asked. */
export class ScriptedHttp {
  readonly heard: HeardRequest[] = [];
  /** Hears of each request before it is answered. */
  onRequest: (request: HeardRequest) => void = () => undefined;
  readonly #answers = new Map<string, (request: HeardRequest) => ScriptedAnswer>();

  /** `route` is `METHOD /path`, with the query left out. */
  on(route: string, answer: ScriptedAnswer | ((request: HeardRequest) => ScriptedAnswer)): this {
    this.#answers.set(route, typeof answer === 'function' ? answer : () => answer);
    return this;
  }

  /** How often a route was asked. */
  count(route: string): number {
    return this.heard.filter(({ method, path }) => `${method} ${path.split('?')[0]}` === route).length;
  }

  readonly fetch: Fetch = async (url, init) => {
    const { pathname, search } = new URL(url);
    const body: unknown = typeof init.body === 'string' ? JSON.parse(init.body) : init.body;
    const request = { method: init.method, path: pathname + search, body, init };
    this.heard.push(request);
    this.onRequest(request);
    const answer = this.#answers.get(`${init.method} ${pathname}`)?.(request) ?? { status: 404 };
    if (answer === 'nothing') throw new TypeError('fetch failed');
    const { status, headers = {}, text } = answer;
    return {
      ok: status < 300,
      status,
      headers: { get: (name) => headers[name] ?? null },
      blob: async () => answer.blob ?? new Blob([text ?? JSON.stringify(answer.body)]),
      json: async () => (text === undefined ? structuredClone(answer.body) : (JSON.parse(text) as unknown)),
    };
  };
}
