import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import * as v from 'valibot';

/** What the fake service does with the next picture. */
export type FakeReply =
  | { readonly items: readonly unknown[]; readonly tokens?: { readonly input: number; readonly output: number } }
  /** The text a model wrote, whatever it is. */
  | { readonly text: string }
  | { readonly status: number; readonly retryAfterSeconds?: number; readonly body?: string }
  | { readonly blocked: 'picture' | 'answer' }
  /** Cut off at the model's own limit. */
  | { readonly cut: string }
  /** No choice or candidate at all. */
  | 'nothing'
  /** The connection ends in the middle of the answer. */
  | 'broken'
  /** Takes the request and says nothing. */
  | 'silent'
  | { readonly bytes: number }
  | { readonly redirect: string };

/** What a detector sent: the instruction, and the picture as its bytes. */
export interface SeenRequest {
  readonly prompt: string;
  readonly mediaType: string;
  readonly picture: Uint8Array;
  readonly key: string | undefined;
  /** Tokens the answer may have. */
  readonly mostTokens: number;
}

interface Dialect {
  read(request: IncomingMessage, body: unknown): SeenRequest | undefined;
  answer(text: string, finish: 'stop' | 'cut' | 'blocked', tokens: { readonly input: number; readonly output: number }): object;
  blocked(): object;
  nothing(): object;
  error(status: number, retryAfterSeconds: number | undefined): object;
}

/** A service on loopback that follows its documented wire and answers 400 to whatever does not. */
export interface FakeVision {
  readonly url: string;
  readonly seen: SeenRequest[];
  /** Requests whose caller left before an answer. */
  readonly left: () => number;
  /** What each answer took by the service's own clock, from the last byte of its request to the last of its own, in milliseconds. */
  readonly took: readonly number[];
  next(...replies: readonly FakeReply[]): void;
  stop(): Promise<void>;
}

const geminiRequest = v.object({
  contents: v.tuple([
    v.object({
      role: v.literal('user'),
      parts: v.tuple([
        v.object({ text: v.string() }),
        v.object({
          inlineData: v.object({ mimeType: v.picklist(['image/jpeg', 'image/png', 'image/webp']), data: v.pipe(v.string(), v.base64()) }),
        }),
      ]),
    }),
  ]),
  generationConfig: v.object({
    responseMimeType: v.literal('application/json'),
    responseJsonSchema: v.object({ type: v.literal('object') }),
    maxOutputTokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
});

/** https://ai.google.dev/api/generate-content and https://ai.google.dev/gemini-api/docs/troubleshooting */
export const gemini: Dialect = {
  read(request, body) {
    if (request.method !== 'POST' || !/^\/v1beta\/models\/[\w.-]+:generateContent$/.test(request.url ?? '')) return undefined;
    const read = v.safeParse(geminiRequest, body);
    if (!read.success) return undefined;
    const [text, picture] = read.output.contents[0].parts;
    return {
      prompt: text.text,
      mediaType: picture.inlineData.mimeType,
      picture: new Uint8Array(Buffer.from(picture.inlineData.data, 'base64')),
      key: request.headers['x-goog-api-key'] as string | undefined,
      mostTokens: read.output.generationConfig.maxOutputTokens,
    };
  },
  answer: (text, finish, { input, output }) => ({
    candidates: [
      {
        content: { role: 'model', parts: [{ text }] },
        finishReason: { stop: 'STOP', cut: 'MAX_TOKENS', blocked: 'SAFETY' }[finish],
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: input, candidatesTokenCount: output, totalTokenCount: input + output },
    modelVersion: 'fake-vision-1',
  }),
  blocked: () => ({ promptFeedback: { blockReason: 'SAFETY' }, usageMetadata: { promptTokenCount: 300, totalTokenCount: 300 } }),
  nothing: () => ({ usageMetadata: { promptTokenCount: 300, totalTokenCount: 300 } }),
  error: (status, retryAfterSeconds) => ({
    error: {
      code: status,
      message: 'what the service says is for its operator',
      status: status === 429 ? 'RESOURCE_EXHAUSTED' : 'INTERNAL',
      details:
        retryAfterSeconds === undefined
          ? []
          : [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${retryAfterSeconds}s` }],
    },
  }),
};

const openAiRequest = v.object({
  model: v.string(),
  max_tokens: v.pipe(v.number(), v.integer(), v.minValue(1)),
  response_format: v.object({ type: v.literal('json_schema'), json_schema: v.object({ strict: v.literal(true), schema: v.object({}) }) }),
  messages: v.tuple([
    v.object({
      role: v.literal('user'),
      content: v.tuple([
        v.object({ type: v.literal('text'), text: v.string() }),
        v.object({
          type: v.literal('image_url'),
          image_url: v.object({ url: v.pipe(v.string(), v.regex(/^data:image\/(jpeg|png|webp);base64,/)) }),
        }),
      ]),
    }),
  ]),
});

/** https://platform.openai.com/docs/api-reference/chat/create */
export const openAi: Dialect = {
  read(request, body) {
    if (request.method !== 'POST' || request.url !== '/v1/chat/completions') return undefined;
    const read = v.safeParse(openAiRequest, body);
    if (!read.success) return undefined;
    const [text, picture] = read.output.messages[0].content;
    const [, mediaType = '', data = ''] = /^data:([^;]+);base64,(.*)$/s.exec(picture.image_url.url) ?? [];
    return {
      prompt: text.text,
      mediaType,
      picture: new Uint8Array(Buffer.from(data, 'base64')),
      key: request.headers.authorization?.slice('Bearer '.length),
      mostTokens: read.output.max_tokens,
    };
  },
  answer: (text, finish, { input, output }) => ({
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'fake-vision-1',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: finish === 'blocked' ? null : text, refusal: null },
        finish_reason: { stop: 'stop', cut: 'length', blocked: 'content_filter' }[finish],
      },
    ],
    usage: { prompt_tokens: input, completion_tokens: output, total_tokens: input + output },
  }),
  blocked: () => ({
    model: 'fake-vision-1',
    choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: 'I cannot help with that.' }, finish_reason: 'stop' }],
  }),
  nothing: () => ({ model: 'fake-vision-1', choices: [] }),
  error: (status) => ({ error: { message: 'what the service says is for its operator', type: 'error', code: String(status) } }),
};

const usual = { input: 1_000, output: 200 };

/** Starts the fake on a free port of loopback. It answers as it was told, and then by `rule`: without one, that it sees nothing. */
export async function startFakeVision(
  dialect: Dialect,
  rule: (seen: SeenRequest) => FakeReply = () => ({ items: [] }),
): Promise<FakeVision> {
  const replies: FakeReply[] = [];
  const seen: SeenRequest[] = [];
  const took: number[] = [];
  let left = 0;
  const server = createServer((request, response) => {
    response.on('close', () => (response.writableFinished ? undefined : (left += 1)));
    void readBody(request).then((bytes) => {
      const beganAt = performance.now();
      response.on('finish', () => took.push(performance.now() - beganAt));
      const read = dialect.read(request, parseBody(bytes));
      if (read === undefined) return send(response, 400, dialect.error(400, undefined));
      seen.push(read);
      return play(response, dialect, replies.shift() ?? rule(read));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    seen,
    left: () => left,
    took,
    next: (...more) => void replies.push(...more),
    stop: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function parseBody(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function send(response: ServerResponse, status: number, body: object, headers: { readonly [name: string]: string } = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

function play(response: ServerResponse, dialect: Dialect, reply: FakeReply): void {
  if (reply === 'silent') return;
  if (reply === 'nothing') return send(response, 200, dialect.nothing());
  if (reply === 'broken') {
    response.writeHead(200, { 'content-type': 'application/json' }).write('{"candidates":[');
    setImmediate(() => response.destroy());
    return;
  }
  if ('items' in reply) return send(response, 200, dialect.answer(JSON.stringify({ items: reply.items }), 'stop', reply.tokens ?? usual));
  if ('text' in reply) return send(response, 200, dialect.answer(reply.text, 'stop', usual));
  if ('cut' in reply) return send(response, 200, dialect.answer(reply.cut, 'cut', usual));
  if ('blocked' in reply)
    return send(response, 200, reply.blocked === 'picture' ? dialect.blocked() : dialect.answer('', 'blocked', usual));
  if ('redirect' in reply) return send(response, 302, {}, { location: reply.redirect });
  if ('bytes' in reply) return send(response, 200, dialect.answer('x'.repeat(reply.bytes), 'stop', usual));
  const { status, retryAfterSeconds, body } = reply;
  const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
  if (body === undefined) send(response, status, dialect.error(status, retryAfterSeconds), headers);
  else response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
}
