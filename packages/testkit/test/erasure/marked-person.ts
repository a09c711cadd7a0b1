import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { alwaysOnline, createSyncClient, createSystemClock, createSystemRandom, createWebSocketWire, tokenCredential } from '@cacaw/client';
import { createMemoryDisk, openDevice } from '@cacaw/core/device';
import { newCollectionId, type CollectionId } from '@cacaw/protocol';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { Browser } from '../../../relay/test/browser.ts';

/** Somebody who leaves one word wherever a person can leave any. */
export interface MarkedPerson {
  readonly browser: Browser;
  readonly email: string;
  readonly password: string;
  readonly collection: CollectionId;
  close(): Promise<void>;
}

const [clock, random] = [createSystemClock(), createSystemRandom()];

async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`Not within 30 s: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}

/** The link of the newest mail to an address. */
async function mailedToken(mailFolder: string, email: string): Promise<string> {
  let token: string | undefined;
  await until(`a mail to ${email}`, () => {
    const texts = readdirSync(mailFolder)
      .toSorted()
      .map((name) => readFileSync(join(mailFolder, name), 'utf8').replaceAll('=\r\n', ''));
    token = texts.findLast((text) => text.includes(email))?.match(/\/verify-email[^#\s]*#([A-Za-z0-9._~-]+)/)?.[1];
    return token !== undefined;
  });
  return token ?? '';
}

async function expectOk(what: string, answer: Promise<Response>): Promise<Response> {
  const response = await answer;
  if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`);
  return response;
}

/** Signs up, fills a collection and its notebook, invites somebody, looks around, and waits until everything is committed. */
export async function leaveMarks(origin: string, marker: string, mailFolder: string): Promise<MarkedPerson> {
  const browser = new Browser(origin, origin);
  const [email, password] = [`${marker.toLowerCase()}@mail.example`, `correct horse ${random.bytes(4).join('')}`];
  await expectOk('sign up', browser.post('/api/auth/sign-up/email', { name: marker, email, password }));
  await expectOk('verify', browser.post('/api/auth/verify-email', { token: await mailedToken(mailFolder, email) }));
  await expectOk('sign in', browser.post('/api/auth/sign-in/email', { email, password }, { 'user-agent': marker }));
  const collection = newCollectionId(random);
  await expectOk('create', browser.post('/api/collections', { id: collection }));
  await expectOk(
    'invite',
    browser.post(`/api/collections/${collection}/members`, { email: `friend-of-${email}`, role: 'viewer', collectionName: marker }),
  );
  await expectOk('look at the members', browser.get(`/api/collections/${collection}/members`));

  const device = await openDevice({ store: createMemoryDisk().open(), clock, random });
  await device.run({ type: 'createCollection', id: collection, draft: { name: marker, type: 'other', currency: 'EUR' } });
  await device.run({
    type: 'defineField',
    collection,
    field: { key: 'mark', label: marker, kind: 'text', unit: marker, options: [] } as never,
  });
  const { folders } = await device.run({ type: 'addFolder', collection, draft: { name: marker } });
  await device.run({
    type: 'addItems',
    collection,
    drafts: [
      {
        name: marker,
        type: marker,
        folderId: folders[0] ?? '',
        series: marker,
        description: `about ${marker}`,
        ocrText: marker,
        tags: [marker],
        barcodes: [marker],
        custom: { mark: marker },
        note: `a note on ${marker}`,
      },
    ],
  });
  await device.setReach(collection, { mode: 'sync', secret: null } as never);
  const token = (): Promise<string> => browser.token();
  const sync = await createSyncClient(
    {
      device,
      clock,
      random,
      network: alwaysOnline,
      credential: tokenCredential(token),
      connect: () => createWebSocketWire(`${origin.replace('http', 'ws')}/sync`),
    },
    { appSchema: 1, deviceId: marker.padEnd(16, '-'), name: marker },
  );
  await until('everything is committed', async () => (await device.pending(collection)).length === 0);
  const doc = new Y.Doc();
  const notebook = new WebsocketProvider(`${origin.replace('http', 'ws')}/yjs/${collection}`, 'free.notebook', doc, {
    protocols: ['yjs', `bearer.${await token()}`],
    disableBc: true,
  });
  doc.getText('page').insert(0, `the notebook says ${marker}`);
  await until('the notebook is committed', () => notebook.synced);
  return {
    browser,
    email,
    password,
    collection,
    async close() {
      notebook.destroy();
      await sync.close();
      await device[Symbol.asyncDispose]();
    },
  };
}
