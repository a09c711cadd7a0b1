import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../../test/manual-clock.ts';
import { readMail } from '../../../test/read-mail.ts';
import { keptMailContract, mailerContract } from '../../contracts/mailer.ts';
import { systemRandom } from '../system-clock.ts';
import { createDiskMailer } from './mailer.ts';

const folders: string[] = [];
const newMailer = (clock = createManualClock()): { readonly folder: string; readonly mailer: ReturnType<typeof createDiskMailer> } => {
  const folder = join(mkdtempSync(join(tmpdir(), 'cacaw mail ')), 'mail');
  folders.push(folder);
  const sender = { from: 'cacaw@relay.example', site: 'relay.example' };
  return { folder, mailer: createDiskMailer({ folder, sender, indexKey: new Uint8Array(32), clock, random: systemRandom }) };
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(join(folder, '..'), { recursive: true, force: true });
});
/** The names are in order of time only; tests that look at order let it pass. */
const open = async (): Promise<Parameters<typeof mailerContract>[0] extends () => Promise<infer T> ? T : never> => {
  const clock = createManualClock();
  const { folder, mailer } = newMailer(clock);
  return {
    mailer: {
      ...mailer,
      send: async (mail) => {
        await clock.advance(1);
        await mailer.send(mail);
      },
      forget: (subject) => mailer.forget(subject),
      close: () => mailer.close(),
    },
    received: async () => {
      const names = await mailer.list();
      return Promise.all(names.toReversed().map((name) => readMail(readFileSync(join(folder, name)))));
    },
  };
};

describe('disk mailer', () => {
  mailerContract(open);
  keptMailContract(open);

  it('[E6] keeps mail in files only their owner can read, with nobody’s name in theirs', async () => {
    const { folder, mailer } = newMailer();

    await mailer.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } });

    const [name = ''] = readdirSync(folder);
    expect(name).toMatch(/^20260101T000000000Z-[0-9a-f]{16}\.[0-9a-f]{24}\.eml$/);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    expect(readFileSync(join(folder, name), 'utf8')).toContain('To: anna@example.org');
  });

  it('[E6] lets go of mail after thirty days', async () => {
    const clock = createManualClock();
    const { mailer } = newMailer(clock);
    await mailer.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } });
    await clock.advance(31 * 24 * 60 * 60 * 1000);

    await mailer.send({ to: 'ben@example.org', kind: 'erased', data: { at: 0 } });

    const names = await mailer.list();
    expect(names).toHaveLength(1);
    expect(await mailer.read(names[0] ?? '')).toMatchObject({ to: 'ben@example.org' });
  });

  it('[E6] shows no draft that a crash has left, and lets go of it with the mail it was to be', async () => {
    const clock = createManualClock();
    const { folder, mailer } = newMailer(clock);
    const leaveDraft = async (to: string): Promise<void> => {
      await mailer.send({ to, kind: 'erased', data: { at: 0 } });
      const [name = ''] = await mailer.list();
      renameSync(join(folder, name), join(folder, `${name}.0123456789abcdef`));
    };
    await leaveDraft('anna@example.org');
    expect(await mailer.list()).toEqual([]);

    await mailer.forget({ address: 'anna@example.org' });
    expect(readdirSync(folder)).toEqual([]);

    await leaveDraft('ben@example.org');
    await clock.advance(31 * 24 * 60 * 60 * 1000);
    await mailer.send({ to: 'carl@example.org', kind: 'erased', data: { at: 0 } });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('[E6] reads nothing but its own mail', async () => {
    const { folder, mailer } = newMailer();
    await mailer.send({ to: 'anna@example.org', kind: 'erased', data: { at: 0 } });
    writeFileSync(join(folder, 'other.eml'), 'Subject: x\r\n\r\nx');
    writeFileSync(join(folder, '../encryption-key'), 'secret');

    expect(await mailer.list()).toHaveLength(1);
    for (const name of ['other.eml', '../encryption-key', '']) expect(await mailer.read(name)).toBeUndefined();
  });
});
