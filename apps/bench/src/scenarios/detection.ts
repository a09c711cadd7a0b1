import sharp from 'sharp';
import { createGeminiDetector } from '@cacaw/detectors/gemini';
import { detectPath } from '@cacaw/protocol/http';
import { ms, percentile, spread } from '../figure.ts';
import { signUp } from '../lab/account.ts';
import { startRelayOn } from '../lab/relay-site.ts';
import { startVision } from '../lab/vision.ts';
import type { Scenario } from '../scenario.ts';

const wantedBytes = 500_000;
const mostOverheadMs = 30;

/** What a relay between a person and the service costs. */
export const detection: Scenario = {
  name: 'detection',
  about: `A picture of ${wantedBytes / 1000} KB sent to a relay, which checks who asks, what it may cost and whether it was asked before, asks the service, keeps and answers.`,
  note: 'The service is the strict fake, in a process of its own. Beside it the same adapter asks the same service about the same picture without a relay, in turn with it: what the service and the sending to it take is in both.',
  async run(lab) {
    const count = lab.isQuick ? 12 : 60;
    const site = await lab.relay();
    const service = await startVision();
    const relay = await startRelayOn(site.databaseUrl, site.dataDir, lab.origin, {
      GEMINI_API_KEY: 'the-key',
      GEMINI_BASE_URL: service.url,
    });
    try {
      const place = { origin: relay.origin, dataDir: site.dataDir };
      // Two, because a month of one has fewer pictures.
      const people = [await signUp(place, 'looker'), await signUp(place, 'another')];
      const alone = createGeminiDetector({ apiKey: 'the-key', model: 'fake-vision', baseUrl: service.url, patienceMs: 30_000 });
      const [through, beside, overhead]: [number[], number[], number[]] = [[], [], []];
      for (let index = -3; index < count; index += 1) {
        const bytes = await pictureOf(index);
        const image = bytes.toString('base64');
        const somebody = people[Math.abs(index) % 2];
        const viaRelay = await timeOf(async () => somebody?.ask('POST', detectPath, { image, collectionType: 'other' }));
        const direct = await timeOf(() =>
          alone.detect({ bytes, mediaType: 'image/jpeg' }, { collectionType: 'other' }, new AbortController().signal),
        );
        // The first ones open connections.
        if (index < 0) continue;
        through.push(viaRelay);
        beside.push(direct);
        overhead.push(viaRelay - direct);
      }
      const asked = await service.asked();
      return [
        {
          what: 'what the relay adds to a picture',
          value: spread(overhead),
          target: `p95 ≤ ${mostOverheadMs} ms`,
          met: percentile(overhead, 0.95) <= mostOverheadMs,
          beside: `the service alone ${spread(beside)}`,
        },
        {
          what: 'a picture through the relay',
          value: spread(through),
          beside: `p95 of the service alone ${ms(percentile(beside, 0.95))}`,
          gate: { held: asked === (count + 3) * 2, rule: 'the service is asked once a picture' },
        },
      ];
    } finally {
      await relay.child.stop();
      await service.stop();
    }
  },
};

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
