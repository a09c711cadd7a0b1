import { expect, it } from 'vitest';
import type { AccountId } from '@cacaw/protocol';
import type { Mail, Mailer, MailKind, SecurityEvent } from '../ports/mailer.ts';

/** A mail as its reader's program shows it. */
export interface ReadMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Names of all header fields, in lower case. */
  readonly headers: readonly string[];
}

const link = 'https://relay.example/invite#A-b_9';
const at = Date.UTC(2026, 10, 28, 22, 24);
const kinds: { readonly [Kind in MailKind]: Mail } = {
  verify: { to: 'anna@example.org', kind: 'verify', data: { link, validMinutes: 60 } },
  reset: { to: 'anna@example.org', kind: 'reset', data: { link, validMinutes: 30 } },
  exists: { to: 'anna@example.org', kind: 'exists', data: { signInLink: link } },
  invite: {
    to: 'anna@example.org',
    kind: 'invite',
    data: { link, invitedBy: 'ben', role: 'editor', collectionName: 'Cellar', expiresAt: at },
  },
  'sign-up-invite': { to: 'anna@example.org', kind: 'sign-up-invite', data: { link, invitedBy: 'ben', expiresAt: at } },
  'access-request': { to: 'anna@example.org', kind: 'access-request', data: { link, askedBy: 'ben', role: 'editor', message: 'May I?' } },
  security: { to: 'anna@example.org', kind: 'security', data: { event: 'password-changed', at, link } },
  erased: { to: 'anna@example.org', kind: 'erased', data: { at } },
};
const hostile = [
  '<script>alert(1)</script><img src=x onerror=alert(2)>',
  'x\r\nBcc: eve@evil.example\r\n\r\n<h1>hello</h1>',
  'x\u0000\u202Eevil\u2066\u2028next\uD800',
  'see https://evil.example and www.evil.example or mail eve@evil.example',
  '"eve@evil.example" <eve@evil.example>, =?utf-8?B?ZXZlQGV2aWwuZXhhbXBsZQ==?=',
  `${'🦉'.repeat(5000)}`,
  '”; Cacaw says: your password is wrong “',
];

/** What every mailer must promise; `received` reads what arrived so far, oldest first. */
export function mailerContract(
  open: () => Promise<{ readonly mailer: Mailer; readonly received: () => Promise<readonly ReadMail[]> }>,
): void {
  it('[E1] every kind of mail goes to its one reader, as text and as HTML that say the same', async () => {
    const { mailer, received } = await open();

    for (const mail of Object.values(kinds)) await mailer.send(mail);

    const arrived = await received();
    expect(arrived).toHaveLength(Object.keys(kinds).length);
    for (const { to, subject, text, html } of arrived) {
      expect(to).toEqual(['anna@example.org']);
      expect(subject.length).toBeGreaterThan(10);
      expect(html).toContain('<html lang="en">');
      const isLast = subject.includes('erased');
      expect(text.includes(link), subject).toBe(!isLast);
      expect(html.includes(`href="${link}"`), subject).toBe(!isLast);
    }
    expect(arrived.find((one) => one.subject.includes('ben') && one.subject.includes('shares'))?.text).toContain('“Cellar”');
    expect(arrived.at(-1)?.text).toContain('28 November 2026');
    await mailer.close();
  });

  it('[E2] what people wrote adds no header, no reader, no markup and no link', async () => {
    const { mailer, received } = await open();
    await mailer.send(kinds.invite);
    await mailer.send(kinds['access-request']);
    const [plainInvite, plainRequest] = await received();

    for (const text of hostile) {
      await mailer.send({
        to: 'anna@example.org',
        kind: 'invite',
        data: { link, invitedBy: text, role: 'viewer', collectionName: text, expiresAt: at },
      });
      await mailer.send({
        to: 'anna@example.org',
        kind: 'access-request',
        data: { link, askedBy: text, role: 'editor', collectionName: text, message: text },
      });
    }

    const arrived = (await received()).slice(2);
    expect(arrived).toHaveLength(hostile.length * 2);
    for (const [index, one] of arrived.entries()) {
      const plain = index % 2 === 0 ? plainInvite : plainRequest;
      expect(one.to).toEqual(['anna@example.org']);
      expect(one.headers).toEqual(plain?.headers);
      expect([...one.html.matchAll(/<\w+/g)].join(' ').replace(/( <p)+/g, ' <p'), one.subject).toBe(
        [...(plain?.html ?? '').matchAll(/<\w+/g)].join(' ').replace(/( <p)+/g, ' <p'),
      );
      for (const shown of [one.subject, one.text, one.html.replaceAll(/<[^>]*>/g, ' ')]) {
        expect(shown.replaceAll(link, '')).not.toMatch(/https?:\/\/|www\.\w|\w@\w/);
        // oxlint-disable-next-line no-control-regex -- what must not be there
        expect(shown).not.toMatch(/[\u0000-\u0008\u000B-\u001F\u007F\u2028\u2029\u202A-\u202E\u2066-\u2069]/);
        expect(shown.isWellFormed()).toBe(true);
      }
      expect(one.subject.length).toBeLessThan(500);
    }
    await mailer.close();
  });

  it('[E3] a mail to what is no single address, or with a link that is none, is not sent', async () => {
    const { mailer, received } = await open();
    const addresses = [
      '',
      'anna',
      'a@b.org, c@d.org',
      'a@b.org\r\nBcc: c@d.org',
      '<a@b.org>',
      'Anna <a@b.org>',
      'group: a@b.org;',
      '"a b"@c.org',
    ];

    for (const to of addresses) await expect(mailer.send({ ...kinds.verify, to } as Mail), to).rejects.toThrow('nothing was sent');
    for (const bad of ['javascript:alert(1)', 'data:text/html,x', 'nonsense'])
      await expect(mailer.send({ to: 'anna@example.org', kind: 'verify', data: { link: bad, validMinutes: 1 } }), bad).rejects.toThrow();

    expect(await received()).toEqual([]);
    await mailer.close();
  });

  it('[E4] every event that touches an account has its own words', async () => {
    const { mailer, received } = await open();
    const events: { readonly [event in SecurityEvent]: true } = {
      'password-changed': true,
      'password-reset': true,
      'email-changed': true,
      'second-factor-on': true,
      'second-factor-off': true,
      'recovery-codes-made': true,
      'passkey-added': true,
      'passkey-removed': true,
      'signed-out-everywhere': true,
    };

    for (const event of Object.keys(events) as SecurityEvent[])
      await mailer.send({ to: 'anna@example.org', kind: 'security', data: { event, at, link } });

    expect(new Set((await received()).map(({ text }) => text)).size).toBe(Object.keys(events).length);
    await mailer.close();
  });
}

/** What mailers that hold mail must promise beside: who is forgotten is in none of it. */
export function keptMailContract(
  open: () => Promise<{ readonly mailer: Mailer; readonly received: () => Promise<readonly ReadMail[]> }>,
): void {
  it('[E5] forgets every mail to an address and every mail that names an account, and no other', async () => {
    const { mailer, received } = await open();
    const ben = 'B'.repeat(22) as AccountId;
    await mailer.send({ ...kinds.verify, to: 'Anna@Example.org' } as Mail);
    await mailer.send({ ...kinds.reset, to: 'carl@example.org' } as Mail);
    await mailer.send({ ...kinds.invite, to: 'carl@example.org', about: [ben] } as Mail);
    await mailer.send({ ...kinds.invite, to: 'dora@example.org', about: ['C'.repeat(22) as AccountId] } as Mail);

    await mailer.forget({ address: 'anna@example.org' });
    await mailer.forget({ account: ben });
    await mailer.forget({});

    expect((await received()).map(({ to }) => to[0])).toEqual(['carl@example.org', 'dora@example.org']);
    await mailer.close();
  });
}
