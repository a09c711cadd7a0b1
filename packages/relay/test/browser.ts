interface PageRequest {
  readonly method?: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
}

/** What a browser adds to requests of its page: the page's origin and the cookies of the site. */
export class Browser {
  readonly #url: string;
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  /** `Set-Cookie` lines as they came, for tests of their attributes. */
  readonly received: string[] = [];

  constructor(url: string, origin: string) {
    this.#url = url;
    this.#origin = origin;
  }

  get cookie(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, { headers });
  }

  post(path: string, body: object = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.#origin, ...headers },
      body: JSON.stringify(body),
    });
  }

  put(path: string, body: Uint8Array, headers: Record<string, string>): Promise<Response> {
    return this.send(path, { method: 'PUT', headers: { origin: this.#origin, ...headers }, body: new Uint8Array(body) });
  }

  /** A request with a body of JSON by another method than POST. */
  putJson(path: string, body: object): Promise<Response> {
    return this.put(path, new TextEncoder().encode(JSON.stringify(body)), { 'content-type': 'application/json' });
  }

  patch(path: string, body: object): Promise<Response> {
    return this.send(path, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', origin: this.#origin },
      body: JSON.stringify(body),
    });
  }

  /** A request with the browser's cookies; what the answer sets is kept. */
  async send(path: string, init: PageRequest): Promise<Response> {
    const headers = { ...init.headers, ...(this.#cookies.size === 0 ? {} : { cookie: this.cookie }) };
    const answer = await fetch(`${this.#url}${path}`, { ...init, headers });
    for (const line of answer.headers.getSetCookie()) this.#keep(line);
    return answer;
  }

  /** The token that opens sockets. */
  async token(): Promise<string> {
    const answer = await this.get('/api/auth/token');
    return ((await answer.json()) as { readonly token: string }).token;
  }

  #keep(line: string): void {
    this.received.push(line);
    const [pair = ''] = line.split(';');
    const at = pair.indexOf('=');
    const isGone = /max-age=0\b/i.test(line) || pair.slice(at + 1) === '';
    if (isGone) this.#cookies.delete(pair.slice(0, at));
    else this.#cookies.set(pair.slice(0, at), pair.slice(at + 1));
  }
}
