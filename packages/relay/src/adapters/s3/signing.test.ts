import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { signedHeaders, type S3Request } from './signing.ts';

interface Published {
  readonly credentials: { readonly keyId: string; readonly secret: string };
  readonly region: string;
  readonly at: string;
  readonly examples: readonly (Pick<S3Request, 'method' | 'url' | 'headers'> & {
    readonly name: string;
    readonly body?: string;
    readonly signedHeaders: string;
    readonly signature: string;
  })[];
}

const published = JSON.parse(readFileSync(join(import.meta.dirname, 'signature-examples.json'), 'utf8')) as Published;
const signature = { ...published, at: Date.parse(published.at) };

it('[BS7] signs the requests AWS has published with the signatures AWS has published', async () => {
  for (const { name, body, ...example } of published.examples) {
    const headers = await signedHeaders({ ...example, body: body === undefined ? undefined : new TextEncoder().encode(body) }, signature);
    expect(headers.get('authorization'), name).toBe(
      `AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=${example.signedHeaders}, Signature=${example.signature}`,
    );
  }
  expect(published.examples).toHaveLength(4);
});
