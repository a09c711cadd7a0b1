import { createHash } from 'node:crypto';
import { Hono, type Context } from 'hono';
import { escape } from '../mail/layout.ts';
import { momentOf } from '../mail/words.ts';
import { problem } from './problems.ts';

/** Mail that was written here instead of being sent. */
export interface Mailbox {
  /** Names of all mails, newest first. */
  list(): Promise<readonly string[]>;
  read(name: string): Promise<MailOnPage | undefined>;
}

/** One mail as the page shows it. */
export interface MailOnPage {
  readonly subject: string;
  readonly to: string;
  readonly date: string;
  readonly text: string;
  readonly html: string;
}

const style =
  ':root{color-scheme:light dark}' +
  'body{margin:2rem auto;max-width:44rem;padding:0 1rem;font:16px/1.5 system-ui,sans-serif;color:light-dark(#22201c,#ececf1);background:light-dark(#f6f4ef,#14151b)}' +
  'a{color:light-dark(#4f46b8,#aaa3ff)}li{margin:.5rem 0}small{color:light-dark(#6b665e,#a5a6b5)}' +
  'pre{white-space:pre-wrap;overflow-wrap:anywhere;background:light-dark(#fff,#1c1e27);padding:1rem}' +
  'iframe{width:100%;height:32rem;border:1px solid #d8d4cc;background:#fff}';
const pagePolicy = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "frame-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');
/** A mail's own HTML: its inline styles and nothing else; its link opens in place of the page. */
const mailPolicy = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  'sandbox allow-top-navigation-by-user-activation',
].join('; ');

/**
 * `/mail`: what would have been sent, for who runs the relay on their own machine. It answers only to this machine's own
 * names, so that no page of another site can be made to point here, and never through a proxy.
 */
export function mailPage(box: Mailbox): Hono {
  const app = new Hono();
  app.use('/mail/*', async (context, next) => (isHere(context) ? next() : problem(context, 'unknown', 'There is no such page.')));
  // So that the app can say where its mail is.
  app.get('/mail/here', (context) => context.body(null, 204, { 'cache-control': 'no-store' }));
  app.get('/mail', async (context) => {
    const rows = await Promise.all((await box.list()).map(async (name) => [name, await box.read(name)] as const));
    const lines = rows.flatMap(([name, mail]) =>
      mail === undefined
        ? []
        : [`<li><a href="/mail/${name}">${escape(mail.subject)}</a><br><small>${escape(`${mail.to}, ${sentAt(mail)}`)}</small></li>`],
    );
    return html(
      context,
      page('Mail', `<p>No mail server is set (SMTP_URL), so mail stays here.</p><ul>${lines.join('')}</ul>`),
      pagePolicy,
    );
  });
  app.get('/mail/:name', async (context) => {
    const mail = await box.read(context.req.param('name'));
    if (mail === undefined) return problem(context, 'unknown', 'There is no such mail.');
    const head = `<p><a href="/mail">All mail</a></p><p><small>To ${escape(mail.to)}, ${escape(sentAt(mail))}</small></p>`;
    const frame = `<iframe title="The mail as it looks" sandbox="allow-top-navigation-by-user-activation" src="/mail/${context.req.param('name')}/html"></iframe>`;
    return html(context, page(mail.subject, `${head}<pre>${withLinks(mail.text)}</pre>${frame}`), pagePolicy);
  });
  app.get('/mail/:name/html', async (context) => {
    const mail = await box.read(context.req.param('name'));
    if (mail === undefined) return problem(context, 'unknown', 'There is no such mail.');
    return html(context, mail.html.replace('<head>', '<head><base target="_top">'), mailPolicy);
  });
  return app;
}

/** As people read it; what another program wrote there is shown as it is. */
function sentAt({ date }: MailOnPage): string {
  const at = Date.parse(date);
  return Number.isNaN(at) ? date : momentOf(at);
}

const ownNames = new Set(['localhost', '127.0.0.1', '[::1]']);

function isHere(context: Context): boolean {
  const host = (context.req.header('host') ?? '').replace(/:\d+$/, '');
  const isForwarded = ['forwarded', 'x-forwarded-for', 'x-forwarded-host'].some((name) => context.req.header(name) !== undefined);
  return ownNames.has(host) && !isForwarded;
}

const withLinks = (text: string): string => escape(text).replaceAll(/https?:\/\/[^\s<]+/g, (link) => `<a href="${link}">${link}</a>`);

const page = (title: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(title)}</title>` +
  `<style>${style}</style></head><body><h1>${escape(title)}</h1>${body}</body></html>`;

const html = (context: Context, body: string, policy: string): Response =>
  context.body(body, 200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', 'content-security-policy': policy });
