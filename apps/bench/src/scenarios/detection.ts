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
  note: 'The service is the strict fake, in a process of its own, and tells for each picture what it took by its own clock, from the last byte of the question to the last of the answer. All else is counted: every byte of the picture on its way to the relay and from there to the service. Beside it the same adapter asks about the same picture without a relay, in turn with it.',
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
      const took = await askBoth({ count, people, service, cpuMs: () => relay.cpuMs() });
      const added = took.map(({ viaRelay }) => viaRelay.total - viaRelay.service);
      return [
        {
          what: 'what the relay adds to a picture',
          value: spread(added),
          target: `p95 ≤ ${mostOverheadMs} ms`,
          met: percentile(added, 0.95) <= mostOverheadMs,
          beside: `the same adapter without a relay ${spread(took.map(({ direct }) => direct.total - direct.service))}`,
        },
        { what: 'processor time of the relay a picture', value: spread(took.map(({ cpu }) => cpu)) },
        {
          what: "the service's own time, which is not in it",
          value: spread(took.map(({ viaRelay }) => viaRelay.service)),
          gate: { held: (await service.took()).length === (count + warmUps) * 2, rule: 'the service is asked once a picture' },
        },
      ];
    } finally {
      await relay.child.stop();
    }
  },
};

interface Asked {
  readonly count: number;
  readonly people: readonly SignedIn[];
  readonly service: Vision;
  readonly cpuMs: () => number;
}

/** How long one picture took in all, and of it the service. */
interface Took {
  readonly total: number;
  readonly service: number;
}

/** Every picture by way of the relay, and then straight from the service. */
async function askBoth({ count, people, service, cpuMs }: Asked): Promise<readonly { viaRelay: Took; direct: Took; cpu: number }[]> {
  const detector = createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 30_000 });
  const hints = { collectionType: 'other' };
  const all: { viaRelay: Took; direct: Took; cpu: number }[] = [];
  for (let index = -warmUps; index < count; index += 1) {
    const bytes = await pictureOf(index);
    const image = bytes.toString('base64');
    const cpuBefore = cpuMs();
    const viaRelay = await timeOf(async () => people[Math.abs(index) % people.length]?.ask('POST', detectPath, { image, ...hints }));
    const cpu = cpuMs() - cpuBefore;
    const direct = await timeOf(() => detector.detect({ bytes, mediaType: 'image/jpeg' }, hints, new AbortController().signal));
    const [ofRelay = 0, ofDirect = 0] = (await service.took()).slice(-2);
    all.push({ viaRelay: { total: viaRelay, service: ofRelay }, direct: { total: direct, service: ofDirect }, cpu });
  }
  // The first ones open connections.
  return all.slice(warmUps);
}

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
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
