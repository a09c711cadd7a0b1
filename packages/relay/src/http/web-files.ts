import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzip, gzipSync } from 'node:zlib';
import type { Context } from 'hono';

/** One file of the web app as it is sent. */
interface WebFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Large ones have none at first: nobody waits for it. */
  gzip?: Uint8Array<ArrayBuffer> | undefined;
  readonly type: string;
  readonly etag: string;
  readonly cacheControl: string;
}

/** The built web app, read once: what is not in it cannot be asked for, whatever the path looks like. */
export interface WebFiles {
  /** Hashes of the inline scripts, for the content security policy. */
  readonly scriptHashes: readonly string[];
  /** The file of a path, or the app itself for a page that is none; undefined for anything else. */
  answer(context: Context): Response | undefined;
}

const types: { readonly [extension: string]: string } = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.webmanifest': 'application/manifest+json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
};
const compressible = /^(text\/|application\/(json|manifest|wasm)|image\/svg)/;
const fallbackName = '200.html';
const minGzipBytes = 1024;
const largeBytes = 512 * 1024;

/** Reads the built app in `folder`. */
export function readWebFiles(folder: string): WebFiles {
  const files = new Map<string, WebFile>();
  for (const path of existsSync(folder) ? readdirSync(folder, { recursive: true, withFileTypes: true }) : []) {
    if (!path.isFile()) continue;
    const full = join(path.parentPath, path.name);
    files.set(`/${relative(folder, full).split(sep).join('/')}`, readWebFile(full));
  }
  const fallback = files.get(`/${fallbackName}`);
  return {
    scriptHashes: fallback === undefined ? [] : inlineScriptHashes(Buffer.from(fallback.bytes).toString()),
    answer(context) {
      const path = safePath(context.req.path);
      const file = files.get(path) ?? files.get(`${path.replace(/\/$/, '')}/index.html`) ?? files.get(`${path}.html`);
      if (file !== undefined) return send(context, file);
      const isPage = /text\/html|\*\/\*/.test(context.req.header('accept') ?? '*/*') && extname(path) === '';
      return isPage && fallback !== undefined ? send(context, fallback) : undefined;
    },
  };
}

function safePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '';
  }
}

function readWebFile(path: string): WebFile {
  const bytes = new Uint8Array(readFileSync(path));
  const type = types[extname(path)] ?? 'application/octet-stream';
  const isImmutable = path.split(sep).join('/').includes('/_app/immutable/');
  const file: WebFile = {
    bytes,
    type,
    etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 22)}"`,
    cacheControl: isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
  };
  if (bytes.length < minGzipBytes || !compressible.test(type)) return file;
  const keep = (packed: Uint8Array): void => void (packed.length < bytes.length && (file.gzip = new Uint8Array(packed)));
  if (bytes.length < largeBytes) keep(gzipSync(bytes, { level: 9 }));
  else gzip(bytes, { level: 9 }, (error, packed) => error === null && keep(packed));
  return file;
}

function send(context: Context, file: WebFile): Response {
  const headers: Record<string, string> = {
    'content-type': file.type,
    'cache-control': file.cacheControl,
    etag: file.etag,
    vary: 'accept-encoding',
  };
  if (context.req.header('if-none-match')?.includes(file.etag) === true) return context.body(null, 304, headers);
  const takesGzip = /\bgzip\b/.test(context.req.header('accept-encoding') ?? '');
  if (file.gzip === undefined || !takesGzip) return context.body(file.bytes, 200, headers);
  return context.body(file.gzip, 200, { ...headers, 'content-encoding': 'gzip' });
}

const inlineScriptHashes = (html: string): string[] =>
  [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
