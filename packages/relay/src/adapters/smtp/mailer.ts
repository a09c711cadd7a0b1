import { createTransport } from 'nodemailer';
import { messageOf, type Sender } from '../../mail/message.ts';
import { MailUnavailable, type Mailer } from '../../ports/mailer.ts';

const connectLimitMs = 10_000;
const silenceLimitMs = 30_000;

/**
 * Mail through the server an `smtp:` or `smtps:` address names. Outside this machine `smtp:` insists on STARTTLS, unless the
 * address ends with `?requireTLS=false`.
 */
export function createSmtpMailer(address: string, sender: Sender): Mailer {
  const transport = createTransport({
    ...serverOf(new URL(address)),
    pool: true,
    maxConnections: 2,
    connectionTimeout: connectLimitMs,
    greetingTimeout: connectLimitMs,
    socketTimeout: silenceLimitMs,
  });
  return {
    async send(mail) {
      const message = messageOf(mail, sender);
      try {
        await transport.sendMail(message);
      } catch (error) {
        // Its own words may carry the recipient or the server's: only its code is told.
        throw new MailUnavailable(`The mail server did not take a ${mail.kind} mail (${codeOf(error)}).`);
      }
    },
    // What was handed over is no longer ours.
    forget: () => Promise.resolve(),
    async close() {
      transport.close();
    },
  };
}

interface Server {
  readonly host: string;
  readonly port?: number;
  readonly secure: boolean;
  readonly requireTLS: boolean;
  readonly auth?: { readonly user: string; readonly pass: string };
}

function serverOf(url: URL): Server {
  const secure = url.protocol === 'smtps:';
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isHere = host === 'localhost' || host === '::1' || host.startsWith('127.');
  return {
    host,
    ...(url.port === '' ? {} : { port: Number(url.port) }),
    secure,
    requireTLS: !secure && !isHere && url.searchParams.get('requireTLS') !== 'false',
    ...(url.username === '' ? {} : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
  };
}

function codeOf(error: unknown): string {
  const { code, responseCode } = error as { readonly code?: unknown; readonly responseCode?: unknown };
  return [code, responseCode].filter((one) => typeof one === 'string' || typeof one === 'number').join(' ') || 'no reason given';
}
