import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, resolve } from 'node:path';
import { buildWeb } from '../../../../scripts/build-web.ts';

/** The built app with no relay behind it: what it does by itself. */
export interface AppSite extends AsyncDisposable {
  readonly origin: string;
}

const root = resolve(import.meta.dirname, '../../../..');
const types: { readonly [extension: string]: string } = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};

/** Builds the app if its sources have changed, and serves it; every other address is the app's page, as the relay does it. */
export async function serveApp(log: (text: string) => void): Promise<AppSite> {
  await buildWeb(root, log);
  const folder = join(root, 'apps/web/build');
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://app');
    if (pathname.startsWith('/api/')) return void response.writeHead(503).end();
    const name = extname(pathname) === '' ? '200.html' : pathname;
    try {
      const body = readFileSync(join(folder, name));
      response.writeHead(200, { 'content-type': types[extname(name)] ?? 'application/octet-stream' }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
