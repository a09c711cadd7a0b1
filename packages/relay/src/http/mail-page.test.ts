import type { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import { mailPage, type MailOnPage } from './mail-page.ts';

const mail: MailOnPage = {
  subject: '<b>“x” shares</b>',
  to: 'anna@example.org',
  date: '2026-11-28T22:24:00.000Z',
  text: 'Open:\nhttp://localhost:4747/invite#A&b\n\n<script>alert(1)</script>',
  html: '<!doctype html><html><head><title>x</title></head><body><a href="http://localhost:4747/invite#A">Open</a></body></html>',
};
let app: Hono;
beforeEach(() => {
  app = mailPage({ list: async () => ['one.eml', 'gone.eml'], read: async (name) => (name === 'one.eml' ? mail : undefined) });
});
const get = (path: string, headers: Record<string, string> = { host: 'localhost:4747' }): Promise<Response> =>
  Promise.resolve(app.request(path, { headers }));

describe('the page of mail', () => {
  it('[E8] lists mail and shows one as text with its link, and as it looks', async () => {
    const list = await (await get('/mail')).text();
    const one = await (await get('/mail/one.eml')).text();
    const looks = await get('/mail/one.eml/html');

    expect(list).toContain('<a href="/mail/one.eml">&lt;b&gt;“x” shares&lt;/b&gt;</a>');
    expect(list).not.toContain('gone.eml');
    expect(list).toContain('28 November 2026 at 22:24 UTC');
    expect(one).toContain('<a href="http://localhost:4747/invite#A&amp;b">http://localhost:4747/invite#A&amp;b</a>');
    expect(one).toContain('src="/mail/one.eml/html"');
    expect(await looks.text()).toContain('<head><base target="_top"><title>');
    expect((await get('/mail/here')).status).toBe(204);
    expect((await get('/mail/here', { host: 'evil.example' })).status).toBe(404);
    expect((await get('/mail/none.eml')).status).toBe(404);
    expect((await get('/mail/none.eml/html')).status).toBe(404);
  });

  it('[E8] runs no script and is kept by nobody', async () => {
    for (const path of ['/mail', '/mail/one.eml', '/mail/one.eml/html']) {
      const answer = await get(path);
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy, path).toContain("default-src 'none'");
      expect(policy, path).not.toMatch(/script-src|unsafe-eval/);
      expect(answer.headers.get('cache-control'), path).toBe('no-store');
      expect(await answer.text(), path).not.toContain('<script');
    }
    expect((await get('/mail/one.eml/html')).headers.get('content-security-policy')).toContain('sandbox');
  });

  it('[E8] answers to this machine’s own names only, and never through a proxy', async () => {
    for (const host of ['localhost', '127.0.0.1:4747', '[::1]:4747']) expect((await get('/mail', { host })).status, host).toBe(200);
    for (const headers of [
      { host: 'evil.example' },
      { host: 'localhost.evil.example:4747' },
      { host: '' },
      { host: 'localhost', 'x-forwarded-for': '1.2.3.4' },
      { host: 'localhost', forwarded: 'for=1.2.3.4' },
    ])
      for (const path of ['/mail', '/mail/one.eml', '/mail/one.eml/html'])
        expect((await get(path, headers)).status, JSON.stringify(headers)).toBe(404);
  });
});
