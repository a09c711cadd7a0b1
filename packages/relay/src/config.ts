import { hostname, networkInterfaces } from 'node:os';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { isAddressOf, webAddress } from './address-rules.ts';
import { detectionOf, detectionVariables, type DetectionConfig, type DetectionFallback } from './detection/config.ts';
import { networkOf } from './http/caller.ts';
import { blobPlaceOf, type BlobPlace } from './blob-place.ts';
import { lookupVariables, type LookupPlan } from './lookup/config.ts';
import type { Sender } from './mail/message.ts';
import type { ProbePoint } from './observer.ts';

/** Everything the environment can say, checked and complete. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string | undefined;
  /** Origins that may call from a browser when this relay listens on `port`. */
  readonly originsAt: (port: number) => readonly string[];
  readonly dataDir: string;
  readonly databaseUrl: string;
  readonly databaseDirectUrl: string;
  /** Where photos and files lie. */
  readonly blobs: BlobPlace;
  /** The first wraps, all unwrap; undefined lets the relay make one. */
  readonly encryptionKeys: readonly Uint8Array[] | undefined;
  /** What accounts are signed, found and sealed with; undefined makes one in the data folder. */
  readonly authSecret: Uint8Array | undefined;
  /** Who may make an account here. */
  readonly signUp: 'open' | 'invite' | 'closed';
  /** What each tier allows; undefined takes the tiers this relay comes with. */
  readonly tiersFile: string | undefined;
  readonly webDir: string | undefined;
  /** Where the certificate lies when the relay ends TLS itself. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Addresses and networks of proxies whose word about the caller is believed. */
  readonly trustedProxies: readonly string[];
  /** True when people reach this relay by https: cookies may then travel no other way. */
  readonly isSecure: boolean;
  /** Where mail goes; undefined keeps it in files. May hold a password: never shown. */
  readonly smtpUrl: string | undefined;
  /** The service that looks at pictures; undefined has none. */
  readonly detection: DetectionConfig | undefined;
  readonly detectionFallback: DetectionFallback;
  /** Services that may be asked about barcodes and names. */
  readonly lookups: readonly LookupPlan[];
  readonly sender: Sender;
  /** Days a line of the audit log is kept. */
  readonly auditDays: number;
  /** Where limits are counted; undefined counts them in PostgreSQL. May hold a password: never shown. */
  readonly redisUrl: string | undefined;
  /** Where clamd listens; undefined scans nothing, which is the operator's choice. */
  readonly clamd: { readonly host: string; readonly port: number } | { readonly path: string } | undefined;
  /** Told which public addresses are private again, for caches in front. */
  readonly purgeUrl: string | undefined;
  /** True when only this machine can reach the relay, under no name but its own. */
  readonly isLoopback: boolean;
  /** What `/metrics` is read by; undefined has none. Never shown. */
  readonly metricsToken: string | undefined;
  readonly logLevel: 'debug' | 'info' | 'error';
  /** Tests only: die by SIGKILL when a point has been reached that often. */
  readonly crashAt: { readonly point: ProbePoint; readonly count: number } | undefined;
}

/** Thrown with every mistake of the environment at once. */
export class ConfigError extends Error {
  readonly code = 'config';
}

const points = ['guard', 'before-append', 'after-commit', 'before-ack', 'before-forward'] as const satisfies readonly ProbePoint[];

const origin = v.pipe(
  webAddress,
  v.transform((text) => new URL(text).origin),
);
const origins = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter((one) => one !== '')),
  v.array(origin),
);
const port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a number from 0 to 65535'),
  v.transform(Number),
  v.maxValue(65_535, 'must be a number from 0 to 65535'),
);
const days = v.pipe(
  v.string(),
  v.regex(/^\d{1,4}$/, 'must be a number of days from 30 to 3650'),
  v.transform(Number),
  v.minValue(30, 'must be a number of days from 30 to 3650'),
  v.maxValue(3650, 'must be a number of days from 30 to 3650'),
);
const networks = v.pipe(
  v.string(),
  v.transform((text) => text.split(/[\s,]+/).filter((one) => one !== '')),
  v.array(
    v.pipe(
      v.string(),
      v.check((one) => networkOf(one) !== undefined, 'must list addresses and networks, such as 10.0.0.0/8'),
    ),
  ),
);
const postgresUrl = v.pipe(
  v.string(),
  v.regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  // Several hosts may stand in it, separated by commas, which no other address knows.
  v.check(
    (text) => URL.canParse(text.replace(/,[^/]*/, '')) && decodes(text),
    'is not an address: postgres://user:password@host:port/database',
  ),
);
const host = v.pipe(v.string(), v.regex(/^[\w.:%-]{1,255}$/, 'must be one address or name to listen on'));
const path = v.pipe(
  v.string(),
  v.check((text) => !text.includes('\0'), 'must be a path'),
);
const key = v.pipe(
  v.string(),
  v.transform((text) => new Uint8Array(/^[0-9a-fA-F]{64}$/.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64'))),
  v.check((bytes) => bytes.length === 32, 'must be 32 bytes, as 64 hexadecimal digits or as base64'),
);
const smtpUrl = v.pipe(v.string(), v.check(isAddressOf('smtp:', 'smtps:'), 'must be smtp://[user:password@]host[:port] or smtps://…'));
const keyList = v.pipe(
  v.string(),
  v.transform((text) => text.split(',').map((one) => one.trim())),
  v.array(key),
  v.minLength(1),
);
const clamd = v.pipe(
  v.string(),
  v.check(
    (text) => isAddressOf('tcp:')(text) || (text.startsWith('unix:/') && URL.canParse(text)),
    'must be tcp://host[:port] or unix:/path of a clamd',
  ),
  v.transform((text): NonNullable<Config['clamd']> => {
    const { protocol, hostname: host, port: digits, pathname } = new URL(text);
    return protocol === 'tcp:'
      ? { host: host.replace(/^\[|\]$/g, ''), port: Number(digits || 3310) }
      : { path: decodeURIComponent(pathname) };
  }),
);
const crash = v.pipe(
  v.string(),
  v.regex(/^[a-z-]+:\d+$/, 'must be point:count'),
  v.transform((text) => ({ point: text.split(':')[0], count: Number(text.split(':')[1]) })),
  v.object({ point: v.picklist(points, `must name one of ${points.join(', ')}`), count: v.number() }),
);

const environment = v.object({
  HOST: v.optional(host, '127.0.0.1'),
  PORT: v.optional(port, '4747'),
  PUBLIC_URL: v.optional(webAddress),
  ALLOWED_ORIGINS: v.optional(origins, ''),
  DATA_DIR: v.optional(path, 'data'),
  DATABASE_URL: v.message(postgresUrl, 'must name a PostgreSQL database (postgres://…); `npm start` runs one by itself'),
  DATABASE_DIRECT_URL: v.optional(postgresUrl),
  BLOB_URL: v.optional(path),
  AWS_ACCESS_KEY_ID: v.optional(v.string()),
  AWS_SECRET_ACCESS_KEY: v.optional(v.string()),
  ENCRYPTION_KEY: v.optional(keyList),
  AUTH_SECRET: v.optional(key),
  TIERS_FILE: v.optional(path),
  SIGNUP: v.optional(v.picklist(['open', 'invite', 'closed'], 'must be open, invite or closed')),
  WEB_DIR: v.optional(path),
  TLS_CERT: v.optional(path),
  TLS_KEY: v.optional(path),
  TRUSTED_PROXIES: v.optional(networks, ''),
  SMTP_URL: v.optional(smtpUrl),
  REDIS_URL: v.optional(
    v.pipe(v.string(), v.check(isAddressOf('redis:', 'rediss:'), 'must be redis://[user:password@]host[:port] or rediss://…')),
  ),
  ...detectionVariables,
  ...lookupVariables,
  MAIL_FROM: v.optional(v.pipe(v.string(), v.trim(), v.email('must be one e-mail address, without a name'))),
  AUDIT_DAYS: v.optional(days, '365'),
  CLAMD_URL: v.optional(clamd),
  PURGE_URL: v.optional(webAddress),
  METRICS_TOKEN: v.optional(v.pipe(v.string(), v.regex(/^[\x21-\x7e]{32,200}$/, 'must be one word of at least 32 characters'))),
  LOG_LEVEL: v.optional(v.picklist(['debug', 'info', 'error'], 'must be debug, info or error'), 'info'),
  CACAW_CRASH_AT: v.optional(crash),
});

/** Every variable the relay reads. */
export const variables: readonly string[] = Object.keys(environment.entries);

/** Reads the environment; throws {@link ConfigError} naming every mistake. An empty variable counts as unset. */
export function readConfig(env: { readonly [name: string]: string | undefined }): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const result = v.safeParse(environment, given);
  if (!result.success) {
    throw mistaken(result.issues.map((issue) => `${v.getDotPath(issue)?.split('.')[0] ?? '?'} ${issue.message}`));
  }
  const one = result.output;
  const blobs = blobPlaceOf(one);
  const mismatches = [...mismatchesIn(one), ...(typeof blobs === 'string' ? [blobs] : [])];
  if (mismatches.length > 0 || typeof blobs === 'string') throw mistaken(mismatches);
  return completed(one, blobs);
}

type Environment = v.InferOutput<typeof environment>;

function completed(one: Environment, blobs: BlobPlace): Config {
  return {
    host: one.HOST,
    port: one.PORT,
    publicUrl: one.PUBLIC_URL,
    originsAt: (listening) => [
      ...new Set([...(one.PUBLIC_URL === undefined ? ownOrigins(listening) : [new URL(one.PUBLIC_URL).origin]), ...one.ALLOWED_ORIGINS]),
    ],
    dataDir: resolve(one.DATA_DIR),
    databaseUrl: one.DATABASE_URL,
    databaseDirectUrl: one.DATABASE_DIRECT_URL ?? one.DATABASE_URL,
    blobs,
    encryptionKeys: one.ENCRYPTION_KEY,
    authSecret: one.AUTH_SECRET,
    tiersFile: one.TIERS_FILE === undefined ? undefined : resolve(one.TIERS_FILE),
    signUp: one.SIGNUP ?? (isOnlyHere(one) ? 'open' : 'invite'),
    webDir: one.WEB_DIR === undefined ? undefined : resolve(one.WEB_DIR),
    tls: tlsOf(one),
    trustedProxies: one.TRUSTED_PROXIES,
    isSecure: one.TLS_CERT !== undefined || one.PUBLIC_URL?.startsWith('https:') === true,
    smtpUrl: one.SMTP_URL,
    redisUrl: one.REDIS_URL,
    clamd: one.CLAMD_URL,
    purgeUrl: one.PURGE_URL,
    detection: detectionOf(one),
    detectionFallback: one.DETECTION_FALLBACK,
    lookups: one.LOOKUP_SOURCES,
    sender: senderOf(one.MAIL_FROM, one.PUBLIC_URL),
    isLoopback: isOnlyHere(one),
    auditDays: one.AUDIT_DAYS,
    metricsToken: one.METRICS_TOKEN,
    logLevel: one.LOG_LEVEL,
    crashAt: one.CACAW_CRASH_AT,
  };
}

function mistaken(mistakes: readonly string[]): ConfigError {
  const all = [...new Set(mistakes)];
  return new ConfigError(`The environment has ${all.length === 1 ? 'a mistake' : 'mistakes'}:\n${all.map((one) => `  ${one}`).join('\n')}`);
}

/** What is right by itself and wrong together. */
function mismatchesIn({ DETECTION_URL, DETECTION_MODEL, SMTP_URL, MAIL_FROM, PUBLIC_URL, TLS_CERT, TLS_KEY }: Environment): string[] {
  const hasSender = MAIL_FROM !== undefined || hostName(PUBLIC_URL) !== undefined;
  const rules: readonly (readonly [boolean, string])[] = [
    [SMTP_URL === undefined || hasSender, 'MAIL_FROM must name the address mail comes from: SMTP_URL is set and no PUBLIC_URL tells one.'],
    [DETECTION_URL === undefined || DETECTION_MODEL !== undefined, 'DETECTION_URL needs a DETECTION_MODEL: the model it is asked for.'],
    [TLS_CERT === undefined || TLS_KEY !== undefined, 'TLS_KEY must name the file of the key that belongs to TLS_CERT.'],
    [TLS_KEY === undefined || TLS_CERT !== undefined, 'TLS_CERT must name the file of the certificate that belongs to TLS_KEY.'],
    [TLS_CERT === undefined || PUBLIC_URL?.startsWith('http:') !== true, 'PUBLIC_URL must begin with https:// because TLS_CERT is set.'],
  ];
  return rules.flatMap(([isKept, mistake]) => (isKept ? [] : [mistake]));
}

const tlsOf = ({ TLS_CERT, TLS_KEY }: Environment): Config['tls'] =>
  TLS_CERT === undefined || TLS_KEY === undefined ? undefined : { certFile: resolve(TLS_CERT), keyFile: resolve(TLS_KEY) };

function decodes(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** Without a MAIL_FROM mail comes from the host people know this relay by. */
function senderOf(from: string | undefined, publicUrl: string | undefined): Sender {
  const site = hostName(publicUrl) ?? 'localhost';
  return { from: from ?? `no-reply@${site}`, site };
}

/** The host of an address when it has a name; a number is no place for mail to come from. */
function hostName(url: string | undefined): string | undefined {
  const host = url === undefined ? '' : new URL(url).hostname;
  return /[a-z]/.test(host) && !host.startsWith('[') ? host : undefined;
}

const isOnlyHere = ({ HOST, PUBLIC_URL }: { readonly HOST: string; readonly PUBLIC_URL?: string | undefined }): boolean =>
  isLoopbackName(HOST) && (PUBLIC_URL === undefined || isLoopbackName(new URL(PUBLIC_URL).hostname));

const isLoopbackName = (host: string): boolean => /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/.test(host);

/** Without a PUBLIC_URL: this machine by every name and address it has, on the port it listens on. */
function ownOrigins(port: number): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const hosts = [
    'localhost',
    '127.0.0.1',
    '[::1]',
    hostname(),
    `${hostname()}.local`,
    ...addresses.map((one) => (one.family === 'IPv6' ? `[${one.address}]` : one.address)),
  ];
  return hosts
    .filter((host) => URL.canParse(`http://${host}`))
    .flatMap((host) => [new URL(`http://${host}:${port}`).origin, new URL(`https://${host}:${port}`).origin]);
}
