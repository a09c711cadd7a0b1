import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { seededRandom } from '../contracts/log-fixture.ts';
import { createSecretAuthenticator } from './secret-authenticator.ts';

it('[A1] identifies a device by the hash of its secret, refuses a short one and knows no tokens', async () => {
  const authenticator = createSecretAuthenticator();
  const secret = seededRandom('secrets').bytes(32);

  const identity = await authenticator.identify({ kind: 'secret', secret });

  expect(identity).toEqual({ account: createHash('sha256').update(secret).digest('base64url'), kind: 'guest' });
  expect(await authenticator.identify({ kind: 'secret', secret: new Uint8Array(3) })).toBeUndefined();
  expect(await authenticator.identify({ kind: 'bearer', token: 'x' })).toBeUndefined();
});
