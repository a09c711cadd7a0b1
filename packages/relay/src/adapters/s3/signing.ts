import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import type { S3Credentials } from '../../blob-place.ts';

/** One request to a store that speaks S3. */
export interface S3Request {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly headers?: { readonly [name: string]: string } | undefined;
  readonly body?: Uint8Array<ArrayBuffer> | undefined;
}

/** Who signs, and when. */
export interface S3Signature {
  readonly credentials: S3Credentials;
  readonly region: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The headers of a request with its signature (SigV4), which covers all of them and the bytes of its body. */
export async function signedHeaders(request: S3Request, { credentials, region, at }: S3Signature): Promise<Headers> {
  const { method, url, headers = {}, body = new Uint8Array() } = request;
  const signer = new AwsV4Signer({
    method,
    url,
    headers: { ...headers, 'x-amz-content-sha256': createHash('sha256').update(body).digest('hex') },
    accessKeyId: credentials.keyId,
    secretAccessKey: credentials.secret,
    service: 's3',
    region,
    datetime: new Date(at).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    allHeaders: true,
  });
  return (await signer.sign()).headers;
}
