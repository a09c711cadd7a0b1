import { describe, expect, it, onTestFinished } from 'vitest';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { aPicture, detectorContract, everyDetectorContract } from '@cacaw/detectors/contract';
import { gemini, openAi, startFakeVision } from '@cacaw/detectors/fake-vision';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { createOpenAiDetector } from '@cacaw/detectors/openai';
import { createNodeFetch } from './node-fetch.ts';

const { fetch } = createNodeFetch();

describe.each([
  [
    'Gemini',
    gemini,
    (url: string, patienceMs: number) => createGeminiDetector({ apiKey: 'the-key', model: 'm', baseUrl: url, patienceMs, fetch }),
  ],
  [
    'an OpenAI-compatible service',
    openAi,
    (url: string, patienceMs: number) => createOpenAiDetector({ apiKey: 'the-key', model: 'm', baseUrl: `${url}/v1`, patienceMs, fetch }),
  ],
] as const)('%s by way of the relay', (_name, dialect, detectorAt) => {
  detectorContract(async () => {
    const service = await startFakeVision(dialect);
    return { service, detector: detectorAt(service.url, 2_000) };
  });
  everyDetectorContract(async () => {
    const service = await startFakeVision(dialect, () => ({ items: [{ name: 'Mug' }] }));
    return { detector: detectorAt(service.url, 5_000), picture: aPicture, close: () => service.stop() };
  });
});

async function listening(answer: RequestListener): Promise<{ readonly url: string; readonly connections: () => Promise<number> }> {
  const server = createServer(answer);
  await new Promise<void>((done) => void server.listen(0, '127.0.0.1', done));
  onTestFinished(() => void server.close());
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    connections: () =>
      new Promise((resolve, reject) => void server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
  };
}

it('[O41] a connection is kept for the next question, and closes with whoever asks', async () => {
  const seen = new Set<unknown>();
  const { url, connections } = await listening((request, response) => {
    seen.add(request.socket);
    response.end('{}');
  });
  const own = createNodeFetch();
  for (let index = 0; index < 3; index += 1) expect(await (await own.fetch(url)).json()).toEqual({});
  expect(seen.size).toBe(1);

  own[Symbol.dispose]();

  await expect.poll(connections).toBe(0);
});

it.each([
  ['bytes', new TextEncoder().encode('{"ü":1}')],
  ['text', '{"ü":1}'],
])('[O41] sends %s as they are, with headers, and reads status and headers', async (_name, body) => {
  const { url } = await listening((request, response) => {
    request.setEncoding('utf8').on('data', (text: string) => {
      const { method, headers } = request;
      response
        .writeHead(429, { 'retry-after': '7' })
        .end(JSON.stringify([method, headers['x-goog-api-key'], headers['content-length'], text]));
    });
  });

  const answer = await fetch(url, { method: 'POST', headers: { 'x-goog-api-key': 'k' }, body });

  expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
  expect(await answer.json()).toEqual(['POST', 'k', '8', '{"ü":1}']);
});

it.each([204, 302, 304])('[O41] takes an answer of %i as it is', async (status) => {
  const { url } = await listening((_request, response) => response.writeHead(status, { location: 'http://127.0.0.1:1/' }).end());

  expect((await fetch(url)).status).toBe(status);
});

it('[O41] a status that is none, and an end amid the answer, are errors', async () => {
  const strange = await listening((_request, response) => response.writeHead(999).end());
  const broken = await listening((_request, response) => {
    response.writeHead(200, { 'content-length': 10 }).write('{');
    setImmediate(() => response.destroy());
  });

  await expect(fetch(strange.url)).rejects.toThrow(RangeError);
  await expect(fetch(broken.url).then((answer) => answer.text())).rejects.toThrow();
});

it('[O41] whoever leaves ends the question, before and amid the answer', async () => {
  let ended = 0;
  const { url } = await listening((request, response) => {
    response.on('close', () => (ended += 1));
    if (request.url === '/amid') response.writeHead(200).write('{');
  });
  const [before, amid] = [new AbortController(), new AbortController()];

  const asked = fetch(url, { signal: before.signal });
  const answer = await fetch(`${url}amid`, { signal: amid.signal });
  before.abort();
  amid.abort();

  await expect(asked).rejects.toThrow();
  await expect(answer.text()).rejects.toThrow();
  await expect.poll(() => ended).toBe(2);
});

it('[O41] another protocol in place of an answer is an error, and its connection is not kept', async () => {
  const { url, connections } = await listening((_request, { socket }) => {
    socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n');
  });

  await expect(fetch(url)).rejects.toThrow('ended without an answer');
  await expect.poll(connections).toBe(0);
});
