import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { serve } from '@hono/node-server';
import type { Hono } from 'hono';
import { createSocketServer } from '../app.ts';

/** Files of a certificate (with its chain) and of its key, as PEM. */
export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Where to listen; with `tls` the relay ends TLS itself. */
export interface ListenOptions {
  readonly hostname: string;
  readonly port: number;
  readonly tls?: TlsFiles | undefined;
}

/** A relay that listens. */
export interface Listening {
  readonly server: Server;
  readonly port: number;
}

const renewalMs = 60 * 60 * 1000;

/** Serves `app` over HTTP, or over TLS 1.3 and nothing older; a certificate renewed on disk is taken within the hour. */
export function listen(app: Hono, { hostname, port, tls }: ListenOptions): Promise<Listening> {
  const common = { fetch: app.fetch, hostname, port, websocket: { server: createSocketServer() } };
  return new Promise((done, failed) => {
    const listening = (address: { readonly port: number }): void => done({ server, port: address.port });
    const server = (
      tls === undefined
        ? serve(common, listening)
        : serve({ ...common, createServer: createTlsServer, serverOptions: { ...readTls(tls), minVersion: 'TLSv1.3' } }, listening)
    ) as Server;
    server.once('error', failed);
    if (tls !== undefined) renewEachHour(server as TlsServer, tls);
  });
}

interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
}

function readTls({ certFile, keyFile }: TlsFiles): TlsMaterial {
  return { cert: readPem(certFile, 'TLS_CERT'), key: readPem(keyFile, 'TLS_KEY') };
}

function readPem(path: string, variable: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new Error(`${variable} names ${path}, which cannot be read (${(error as NodeJS.ErrnoException).code}).`, { cause: error });
  }
}

function renewEachHour(server: TlsServer, tls: TlsFiles): void {
  let last = readTls(tls);
  const timer = setInterval(() => (last = renewed(server, { last, tls })), renewalMs);
  timer.unref();
  server.once('close', () => clearInterval(timer));
}

/** Takes the certificate on disk when it is another. While it is half written, or unreadable, the last one stays. */
export function renewed(server: TlsServer, { last, tls }: { readonly last: TlsMaterial; readonly tls: TlsFiles }): TlsMaterial {
  try {
    const found = readTls(tls);
    if (found.cert === last.cert && found.key === last.key) return last;
    server.setSecureContext({ ...found, minVersion: 'TLSv1.3' });
    return found;
  } catch {
    return last;
  }
}
