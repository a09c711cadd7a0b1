import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from '@playwright/test';
import type { Visitor } from './visitor.ts';

/** Tries by hand what the app of somebody who may only look does not offer; fails when the relay lets any of it pass. */
export async function forgeEdits(viewer: Visitor): Promise<void> {
  const collection = new URL(viewer.page.url()).pathname.split('/')[2] ?? '';
  const attempts = await viewer.page.evaluate(async (id) => {
    const ask = async (method: string, path: string, body?: object): Promise<number> => {
      const json = body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await fetch(path, { method, ...json })).status;
    };
    const { accountId } = (await (await fetch('/api/account')).json()) as { accountId: string };
    const base = `/api/collections/${id}`;
    const { token } = (await (await fetch('/api/auth/token')).json()) as { token: string };
    const statuses = {
      invite: await ask('POST', `${base}/invites`, { role: 'editor' }),
      mail: await ask('POST', `${base}/members`, { email: 'friend@people.example', role: 'editor' }),
      promote: await ask('PATCH', `${base}/members/${accountId}`, { role: 'editor' }),
      take: await ask('PATCH', base, { owner: accountId }),
      destroy: await ask('DELETE', base),
    };
    return { token, statuses };
  }, collection);
  expect(attempts.statuses).toEqual({ invite: 403, mail: 403, promote: 403, take: 403, destroy: 403 });

  const script = ['--conditions=@cacaw/source', resolve(import.meta.dirname, 'forge-edits.ts'), viewer.origin, collection, attempts.token];
  const { stdout } = await promisify(execFile)(process.execPath, script);
  expect(JSON.parse(stdout)).toEqual({ push: 'refused role', stock: 'closed 4403' });
}
