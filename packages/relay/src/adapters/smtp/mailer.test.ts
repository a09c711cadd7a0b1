import { createServer, type AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { readMail } from '../../../test/read-mail.ts';
import { mailerContract, type ReadMail } from '../../contracts/mailer.ts';
import { createSmtpMailer } from './mailer.ts';

const sender = { from: 'cacaw@relay.example', site: 'relay.example' };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Post {
  readonly port: number;
  readonly arrived: { readonly bytes: Uint8Array; readonly to: readonly string[] }[];
  readonly signedIn: string[];
}

/** A real SMTP server on this machine that takes mail after AUTH, when `password` is given. */
async function openPost(password?: string): Promise<Post> {
  const arrived: Post['arrived'] = [];
  const signedIn: string[] = [];
  const server = new SMTPServer({
    logger: false,
    hideSTARTTLS: true,
    authOptional: password === undefined,
    allowInsecureAuth: true,
    onAuth({ username = '', password: given }, _session, done) {
      if (given === password) signedIn.push(username);
      done(given === password ? null : new Error('no'), { user: username });
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        arrived.push({ bytes: Buffer.concat(parts), to: session.envelope.rcptTo.map((one) => one.address) });
        done();
      });
    },
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  closers.push(() => new Promise((closed) => server.close(() => closed())));
  return { port: (server.server.address() as AddressInfo).port, arrived, signedIn };
}

describe('SMTP mailer', () => {
  mailerContract(async () => {
    const post = await openPost();
    const received = (): Promise<readonly ReadMail[]> => Promise.all(post.arrived.map(({ bytes, to }) => readMail(bytes, { to })));
    return { mailer: createSmtpMailer(`smtp://127.0.0.1:${post.port}`, sender), received };
  });

  it('[E7] signs in with what SMTP_URL says, and says in the envelope and the header who sends', async () => {
    const post = await openPost('p@ss/word');
    const mailer = createSmtpMailer(`smtp://cacaw:${encodeURIComponent('p@ss/word')}@127.0.0.1:${post.port}`, sender);

    await mailer.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } });

    expect(post.signedIn).toEqual(['cacaw']);
    expect(await readMail(post.arrived[0]?.bytes ?? new Uint8Array(0))).toMatchObject({ from: 'cacaw@relay.example' });
    await mailer.close();
  });

  it('[E7] says that a mail was not taken, without its reader or a password, and works again afterwards', async () => {
    const post = await openPost('right');
    const wrong = createSmtpMailer(`smtp://cacaw:hunter2@127.0.0.1:${post.port}`, sender);
    const nobody = createServer();
    await new Promise<void>((ready) => nobody.listen(0, '127.0.0.1', ready));
    const { port } = nobody.address() as AddressInfo;
    await new Promise((closed) => nobody.close(closed));
    const unreachable = createSmtpMailer(`smtp://127.0.0.1:${port}`, sender);

    for (const mailer of [wrong, unreachable]) {
      const failure = await mailer.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'mail-unavailable' });
      expect(String(failure)).not.toMatch(/anna|hunter2/);
      await mailer.close();
    }
    const right = createSmtpMailer(`smtp://cacaw:right@127.0.0.1:${post.port}`, sender);
    await right.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } });
    expect(post.arrived).toHaveLength(1);
    await right.close();
  });
});
