import { spawn } from 'node:child_process';
import { mkdtempSync, chmodSync } from 'node:fs';
import { startEmbeddedPostgres } from '../../scripts/embedded-postgres.ts';
import { createHost, createMemoryTabs, createSystemClock, createSystemRandom, alwaysOnline, createWebSocketWire } from '@cacaw/client';
import 'fake-indexeddb/auto';
import { createNotebook } from '@cacaw/client/notebook';
import { createMemoryDisk } from '@cacaw/core/device';
import { newCollectionId } from '@cacaw/protocol';
const dir = mkdtempSync('/tmp/scratch-pg-'); chmodSync(dir, 0o755);
const pg = await startEmbeddedPostgres({ dir, durable: false });
const relay = spawn('node', ['--conditions=@cacaw/source', '../relay/src/main.ts'], { env: { ...process.env, DATABASE_URL: pg.url, PORT: '0', DATA_DIR: dir + '/data', LOG_LEVEL: 'debug' }, stdio: ['ignore', 'pipe', 'inherit'] });
const url = await new Promise<string>((r) => relay.stdout.on('data', (d) => { process.stdout.write(d); const m = /http:\/\/\S+/.exec(String(d)); if (m) r(m[0]); }));
const clock = createSystemClock(), random = createSystemRandom();
async function device() {
  const tabs = createMemoryTabs(); const disk = createMemoryDisk(); const tab = tabs.open();
  const host = await createHost({ clock, random, network: alwaysOnline, locks: tab.locks, channel: tab.channel, fetch: (u, i) => fetch(u, i), openStore: async () => disk.open(), connect: () => createWebSocketWire(url.replace('http', 'ws') + '/sync'), forgetFree: async () => {}, onError: (e) => console.error('HOST ERROR', e) }, { database: 'x', relay: url, publicUrl: url });
  return host;
}
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
const until = async (what: string, ok: () => boolean, ms = 10000) => { const t = performance.now(); while (!ok()) { if (performance.now() - t > ms) { console.log('TIMEOUT', what); return; } await sleep(2); } console.log('ok', what, (performance.now() - t).toFixed(1), 'ms'); };
try {
  const a = await device(); const b = await device();
  await a.setName('Anna'); await b.setName('Ben');
  const id = newCollectionId(random);
  await a.run({ type: 'createCollection', id, draft: { name: 'Home', type: 'home', currency: 'EUR' } });
  const f = await a.run({ type: 'addFolder', collection: id, draft: { name: 'Shed' } });
  await a.run({ type: 'addItems', collection: id, drafts: Array.from({ length: 300 }, (_, i) => ({ name: 'item ' + i, folderId: f.folders[0] })) });
  let ra: any; a.status(id, (r) => { ra = r; });
  let rb: any; let pa: any = [], pb: any = [];
  const link = await a.share(id); console.log(link);
  await until('a synced', () => ra?.status.state === 'synced');
  const t0 = performance.now();
  console.log(await b.openLink(link) === id, 'openLink', (performance.now() - t0).toFixed(0));
  b.status(id, (r) => { rb = r; }); a.people(id, (p) => { pa = p; }); b.people(id, (p) => { pb = p; });
  let ids: any[] = []; let names = new Map(); let complete = false;
  b.list({ collection: id }, (c) => { if (c.ids) ids = [...c.ids]; for (const s of c.splices) ids.splice(s.at, s.remove, ...s.insert); for (const r of c.rows) names.set(r.id, r.name); complete = c.complete; });
  await until('b has 300', () => ids.length === 300);
  await until('b synced', () => rb?.status.state === 'synced'); console.log(JSON.stringify(rb));
  a.present(id, ids[0], 'name'); b.present(id, '', '');
  await until('b sees Anna', () => pb.some((p: any) => p.name === 'Anna' && p.item === ids[0])); await until('a sees Ben', () => pa.some((p: any) => p.name === 'Ben'));
  for (let i = 0; i < 5; i++) { const t = performance.now(); await a.run({ type: 'editItem', collection: id, item: ids[0], change: { name: 'renamed ' + i } }); const kept = performance.now() - t; await until(`b sees edit (kept ${kept.toFixed(1)})`, () => names.get(ids[0]) === 'renamed ' + i); }
  await b.run({ type: 'addItems', collection: id, drafts: [{ name: 'from b' }] });
  await until('b synced again', () => rb?.status.state === 'synced' && rb.pending === 0);

  const secret = link.split('#')[1];
  const nports = { clock, random, network: alwaysOnline, WebSocket, indexedDB, openChannel: () => ({ post() {}, onMessage: () => () => {}, close() {} }) } as any;
  const na = await createNotebook(nports, { collection: id, secret, account: 'aaa' as any, relay: url.replace('http', 'ws') });
  const nb = await createNotebook(nports, { collection: id, secret, account: 'bbb' as any, relay: url.replace('http', 'ws') });
  await until('na synced', () => na.status.link.state === 'synced');
  const t9 = performance.now();
  na.replace({ at: 0, remove: 0, insert: 'milk\neggs' });
  console.log(JSON.stringify(na.status.link));
  await until('nb sees', () => nb.text.toString() === 'milk\neggs');
  await until('na proven', () => na.status.link.state === 'synced' && na.status.link.pending === 0); console.log('proof after', (performance.now() - t9).toFixed(0));
  const t10 = performance.now();
  na.replace({ at: 0, remove: 2, insert: '' });
  await until('deletion proven', () => na.status.link.pending === 0); console.log('proof after', (performance.now() - t10).toFixed(0));
  na.toggleCheck(0); await until('nb check', () => nb.lines[0]?.kind === 'open');
  const bad = await createNotebook(nports, { collection: id, secret: 'A'.repeat(43), account: 'ccc' as any, relay: url.replace('http', 'ws') });
  await until('bad secret stopped', () => bad.status.link.state === 'stopped'); console.log(JSON.stringify(bad.status.link));
  await na.close(); await nb.close(); await bad.close();
  await b.forget(id); 
  await until('a no longer sees Ben', () => pa.length === 0);
  console.log(await b.openLink(link.slice(0, -3) + 'AAA').catch((e) => e.code + ' ' + e.message));
  console.log('again', await b.openLink(link).catch((e) => e.code + ' ' + e.message) === id);
  await a.close(); await b.close();
} catch (e) { console.error('FAILED', e); }
relay.kill('SIGTERM'); await sleep(500); await pg.stop(); process.exit(0);
