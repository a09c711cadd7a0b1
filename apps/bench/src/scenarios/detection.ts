import { Agent, request } from 'node:http';
import sharp from 'sharp';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { detectPath } from '@cacaw/protocol/http';
import { percentile, spread } from '../figure.ts';
import { signUp, type SignedIn } from '../lab/account.ts';
import { startRelayOn } from '../lab/relay-site.ts';
import { startVision, type Vision } from '../lab/vision.ts';
import type { Scenario } from '../scenario.ts';

const wantedBytes = 500_000;
const mostOverheadMs = 30;
const warmUps = 3;

/** What a relay between a person and the service costs. */
export const detection: Scenario = {
  name: 'detection',
  about: `A picture of ${wantedBytes / 1000} KB sent to a relay, which checks who asks, what it may cost and whether it was asked before, asks the service, keeps and answers.`,
  note: 'The service is the strict fake, in a process of its own, and tells for each picture what it took by its own clock, from the last byte of the question to the last of the answer. All else is counted: every byte of the picture on its way to the relay and from there to the service. The requests are made before the clock runs. Beside it the same adapter asks about the same pictures without a relay.',
  async run(lab) {
    const count = lab.isQuick ? 12 : 60;
    const site = await lab.relay();
    await using service = await startVision();
    const detector = { GEMINI_API_KEY: 'the-key', GEMINI_BASE_URL: service.url };
    const relay = await startRelayOn(site.databaseUrl, site.dataDir, lab.origin, detector);
    try {
      const place = { origin: relay.origin, dataDir: site.dataDir };
      // Two, because a month of one has fewer pictures.
      const people = [await signUp(place, 'looker'), await signUp(place, 'another')];
      const pictures = await Promise.all(Array.from({ length: count + warmUps }, (_, index) => pictureOf(index)));
      const viaRelay = await askRelay(pictures, { people, service, origin: relay.origin, cpuMs: () => relay.cpuMs() });
      const direct = await askDirectly(pictures, service);
      const added = viaRelay.map(({ total, own }) => total - own);
      return [
        {
          what: 'what the relay adds to a picture',
          value: spread(added),
          target: `p95 ≤ ${mostOverheadMs} ms`,
          met: percentile(added, 0.95) <= mostOverheadMs,
          beside: `the same adapter without a relay ${spread(direct.map(({ total, own }) => total - own))}`,
        },
        { what: 'processor time of the relay a picture', value: spread(viaRelay.map(({ cpu }) => cpu)) },
        {
          what: "the service's own time, which is not in it",
          value: spread(viaRelay.map(({ own }) => own)),
          gate: { held: (await service.took()).length === (count + warmUps) * 2, rule: 'the service is asked once a picture' },
        },
      ];
    } finally {
      await relay.child.stop();
    }
  },
};

interface Ground {
  readonly people: readonly SignedIn[];
  readonly service: Vision;
  readonly origin: string;
  readonly cpuMs: () => number;
}

/** How long one picture took in all, and of it the service by its own clock. */
interface Took {
  readonly total: number;
  readonly own: number;
}

const hints = { collectionType: 'other' };

/** Requests are made before the clock runs, and sent as bytes: what a device does to make them is not the relay's. */
async function askRelay(
  pictures: readonly Buffer[],
  { people, service, origin, cpuMs }: Ground,
): Promise<readonly (Took & { readonly cpu: number })[]> {
  const bodies = pictures.map((picture) => Buffer.from(JSON.stringify({ image: picture.toString('base64'), ...hints })));
  const agent = new Agent({ keepAlive: true });
  const all: (Took & { readonly cpu: number })[] = [];
  for (const [index, body] of bodies.entries()) {
    const headers = people[index % people.length]?.headers() ?? {};
    const before = cpuMs();
    const took = await tookOf(service, () => post(`${origin}${detectPath}`, body, { headers, agent }));
    all.push({ ...took, cpu: cpuMs() - before });
  }
  agent.destroy();
  // The first ones open connections.
  return all.slice(warmUps);
}

function post(
  url: string,
  body: Buffer,
  options: { readonly headers: ReturnType<SignedIn['headers']>; readonly agent: Agent },
): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const asking = request(
      url,
      { ...options, method: 'POST', headers: { ...options.headers, 'content-length': body.length } },
      (answer) => {
        answer
          .resume()
          .on('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`The relay answered ${answer.statusCode}.`))));
      },
    );
    asking.on('error', reject).end(body);
  });
}

async function askDirectly(pictures: readonly Buffer[], service: Vision): Promise<readonly Took[]> {
  const detector = createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 30_000 });
  const all: Took[] = [];
  for (const bytes of pictures)
    all.push(await tookOf(service, () => detector.detect({ bytes, mediaType: 'image/jpeg' }, hints, new AbortController().signal)));
  return all.slice(warmUps);
}

async function tookOf(service: Vision, ask: () => Promise<unknown>): Promise<Took> {
  const startedAt = performance.now();
  await ask();
  const total = performance.now() - startedAt;
  return { total, own: (await service.took()).at(-1) ?? 0 };
}

let drawn: Promise<Buffer> | undefined;

/** A JPEG of about that size; every number is another picture, by what stands behind its end. */
async function pictureOf(index: number): Promise<Buffer> {
  drawn ??= sharp({
    create: { width: 1_600, height: 1_200, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } },
  })
    .jpeg({ quality: 38 })
    .toBuffer();
  const picture = await drawn;
  const padded = Buffer.alloc(Math.max(picture.length + 4, wantedBytes));
  picture.copy(padded);
  padded.writeInt32BE(index, padded.length - 4);
  return padded;
}
