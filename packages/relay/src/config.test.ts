import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { ConfigError, readConfig, variables } from './config.ts';

const least = { DATABASE_URL: 'postgres://localhost/cacaw' };

describe('config', () => {
  it('[H2] needs nothing but a database, and an empty variable is as good as none', () => {
    expect(readConfig({ ...least, PORT: '', WEB_DIR: '' })).toMatchObject({
      host: '127.0.0.1',
      port: 4747,
      webDir: undefined,
      encryptionKeys: undefined,
      logLevel: 'info',
    });
  });

  it('[H3] names every mistake at once', () => {
    const read = (): unknown => readConfig({ PORT: '99999', ENCRYPTION_KEY: 'short', LOG_LEVEL: 'loud', ALLOWED_ORIGINS: 'nonsense' });

    expect(read).toThrow(ConfigError);
    for (const name of ['PORT', 'ENCRYPTION_KEY', 'LOG_LEVEL', 'ALLOWED_ORIGINS', 'DATABASE_URL']) expect(read).toThrow(name);
  });

  it('[H4] takes origins from the configuration: PUBLIC_URL and ALLOWED_ORIGINS, or every name of this machine at its port', () => {
    const named = readConfig({
      ...least,
      PUBLIC_URL: 'https://cacaw.example/app',
      ALLOWED_ORIGINS: 'https://shop.example, http://localhost:5173/x',
    });

    expect(named.originsAt(4747)).toEqual(['https://cacaw.example', 'https://shop.example', 'http://localhost:5173']);
    expect(readConfig(least).originsAt(4747)).toEqual(
      expect.arrayContaining(['http://localhost:4747', 'http://127.0.0.1:4747', 'http://[::1]:4747']),
    );
    expect(readConfig(least).originsAt(80)).toContain('http://localhost');
  });

  it('[MT1] a token that is easily guessed is none', () => {
    for (const METRICS_TOKEN of ['x'.repeat(31), `${'x'.repeat(31)} x`, 'x'.repeat(201)])
      expect(() => readConfig({ ...least, METRICS_TOKEN })).toThrow('METRICS_TOKEN must be one word of at least 32 characters');
    expect(readConfig({ ...least, METRICS_TOKEN: 'x'.repeat(32) }).metricsToken).toBe('x'.repeat(32));
    expect(readConfig(least).metricsToken).toBeUndefined();
  });

  it('[H5] reads an encryption key as hexadecimal or base64', () => {
    const key = Buffer.alloc(32, 7);

    for (const text of [key.toString('hex'), key.toString('base64')])
      expect(readConfig({ ...least, ENCRYPTION_KEY: text }).encryptionKeys?.[0]).toEqual(new Uint8Array(key));
  });

  it('[H8] a scanner and the caches in front are named by CLAMD_URL and PURGE_URL', () => {
    const clamdOf = (CLAMD_URL: string): unknown => readConfig({ ...least, CLAMD_URL }).clamd;

    expect(clamdOf('tcp://scanner.example')).toEqual({ host: 'scanner.example', port: 3310 });
    expect(clamdOf('tcp://[::1]:3311')).toEqual({ host: '::1', port: 3311 });
    expect(clamdOf('unix:/run/clamav/clamd.ctl')).toEqual({ path: '/run/clamav/clamd.ctl' });
    expect(readConfig(least).clamd).toBeUndefined();
    for (const wrong of ['clamd', 'http://scanner.example', 'tcp://', 'unix:relative'])
      expect(() => clamdOf(wrong), wrong).toThrow('CLAMD_URL');
    expect(readConfig({ ...least, PURGE_URL: 'http://cache.example/purge' }).purgeUrl).toBe('http://cache.example/purge');
    expect(() => readConfig({ ...least, PURGE_URL: 'cache.example' })).toThrow('PURGE_URL');
  });

  it('[H7] limits are counted where REDIS_URL says', () => {
    expect(readConfig({ ...least, REDIS_URL: 'rediss://user:secret@redis.example:6380/1' }).redisUrl).toContain('redis.example');
    for (const wrong of ['http://redis.example', 'redis://', 'redis.example:6379'])
      expect(() => readConfig({ ...least, REDIS_URL: wrong }), wrong).toThrow('REDIS_URL');
  });

  it('[H6] mail comes from the host people know, or from MAIL_FROM; with a server one of them must be told', () => {
    const smtp = { ...least, SMTP_URL: 'smtps://user:secret@mail.example:465' };

    expect(readConfig(least)).toMatchObject({ smtpUrl: undefined, sender: { from: 'no-reply@localhost' }, isLoopback: true });
    expect(readConfig({ ...smtp, PUBLIC_URL: 'https://cacaw.example' })).toMatchObject({
      sender: { from: 'no-reply@cacaw.example', site: 'cacaw.example' },
      isLoopback: false,
    });
    expect(readConfig({ ...smtp, MAIL_FROM: 'owl@example.org' }).sender.from).toBe('owl@example.org');
    expect(() => readConfig(smtp)).toThrow('MAIL_FROM');
    for (const wrong of ['http://mail.example', 'smtp://', 'nonsense', 'smtp:x'])
      expect(() => readConfig({ ...least, SMTP_URL: wrong }), wrong).toThrow('SMTP_URL');
    expect(() => readConfig({ ...smtp, MAIL_FROM: 'Owl <owl@example.org>' })).toThrow('MAIL_FROM');
    expect(readConfig({ ...least, HOST: '0.0.0.0' }).isLoopback).toBe(false);
  });

  it('[U2] lets strangers sign up where only this machine can reach the relay, and those invited elsewhere, unless SIGNUP says', () => {
    expect(readConfig(least).signUp).toBe('open');
    expect(readConfig({ ...least, HOST: '0.0.0.0' }).signUp).toBe('invite');
    expect(readConfig({ ...least, PUBLIC_URL: 'https://cacaw.example' }).signUp).toBe('invite');
    expect(readConfig({ ...least, PUBLIC_URL: 'https://cacaw.example', SIGNUP: 'closed' }).signUp).toBe('closed');
    expect(() => readConfig({ ...least, SIGNUP: 'maybe', AUTH_SECRET: 'short' })).toThrow(/AUTH_SECRET[\s\S]*SIGNUP/);
  });

  it('[H43] TLS needs both files, and an address that says https', () => {
    const both = { ...least, TLS_CERT: '/etc/cacaw/cert.pem', TLS_KEY: '/etc/cacaw/key.pem' };

    expect(readConfig(both)).toMatchObject({ tls: { certFile: '/etc/cacaw/cert.pem', keyFile: '/etc/cacaw/key.pem' }, isSecure: true });
    expect(() => readConfig({ ...both, TLS_KEY: undefined })).toThrow('TLS_KEY must');
    expect(() => readConfig({ ...both, TLS_CERT: undefined })).toThrow('TLS_CERT must');
    expect(() => readConfig({ ...both, PUBLIC_URL: 'http://cacaw.example' })).toThrow('PUBLIC_URL must');
    expect([readConfig(least).isSecure, readConfig({ ...least, PUBLIC_URL: 'https://cacaw.example' }).isSecure]).toEqual([false, true]);
  });

  it('[H53] proxies are trusted by address and network', () => {
    expect(readConfig({ ...least, TRUSTED_PROXIES: '10.0.0.0/8, ::1' }).trustedProxies).toEqual(['10.0.0.0/8', '::1']);
    for (const wrong of ['all', '10.0.0.0/64', 'proxy.example', '*'])
      expect(() => readConfig({ ...least, TRUSTED_PROXIES: wrong })).toThrow('TRUSTED_PROXIES');
  });

  it('[H4] an origin that is none of the web is a mistake, for it would be every page without one', () => {
    for (const wrong of ['null', 'file:///x', 'data:text/html,x', 'foo:bar', 'javascript:1', 'https://'])
      for (const name of ['PUBLIC_URL', 'ALLOWED_ORIGINS'])
        expect(() => readConfig({ ...least, [name]: wrong }), `${name}=${wrong}`).toThrow(name);
  });

  it('[H8] whatever a variable says, it is read or named as a mistake, and its secret is not repeated', () => {
    const nonsense = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.constantFrom(
        '-1',
        '1e9',
        'NaN',
        '%00',
        '\0',
        '://',
        'http://',
        'postgres://%',
        'postgres://[',
        'smtp://%zz@x',
        'redis://:x',
        '0/0',
        '🦉',
        ' ',
        '__proto__',
      ),
      fc.webUrl({ validSchemes: ['http', 'smtp', 'redis', 'postgres', 'ftp', 'ws'], withFragments: true }),
    );
    fc.assert(
      fc.property(fc.constantFrom(...variables), nonsense, (name, value) => {
        try {
          readConfig({ ...least, [name]: value }).originsAt(4747);
        } catch (error) {
          expect(error).toBeInstanceOf(ConfigError);
          expect(String(error)).toMatch(new RegExp(`  (${name}|MAIL_FROM|TLS_CERT|TLS_KEY|BLOB_URL) `));
        }
      }),
      { numRuns: 3_000 },
    );
    for (const name of ['SMTP_URL', 'REDIS_URL', 'DATABASE_URL', 'ENCRYPTION_KEY', 'BLOB_URL'])
      expect(() => readConfig({ ...least, [name]: 'x://user:hunter2@host' })).toThrow(
        expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
      );
  });

  it('[H9] photos and files lie in the data folder unless BLOB_URL names another folder or a bucket and who signs', () => {
    const blobs = (env: object): unknown => readConfig({ ...least, DATA_DIR: '/srv/cacaw', ...env }).blobs;

    expect(blobs({})).toEqual({ kind: 'disk', folder: '/srv/cacaw/blobs' });
    expect(blobs({ BLOB_URL: 'file:///mnt/my%20blobs' })).toEqual({ kind: 'disk', folder: '/mnt/my blobs' });
    expect(blobs({ BLOB_URL: 's3://id:se%2Fcret@ref.storage.example/storage/v1/s3/photos?region=eu-central-1' })).toEqual({
      kind: 's3',
      url: 'https://ref.storage.example/storage/v1/s3/photos',
      region: 'eu-central-1',
      credentials: { keyId: 'id', secret: 'se/cret' },
    });
    expect(blobs({ BLOB_URL: 's3://127.0.0.1:9000/photos/?tls=no', AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret' })).toEqual({
      kind: 's3',
      url: 'http://127.0.0.1:9000/photos',
      region: 'us-east-1',
      credentials: { keyId: 'id', secret: 'secret' },
    });
    for (const wrong of [
      'nonsense',
      'http://host/bucket',
      's3://id:hunter2@host',
      's3://id:hunter2@host/',
      's3://host/bucket',
      's3://id:hunter2@host/b?x=1',
      's3://id:hunter2@host/b?tls=maybe',
      's3://id:%zz@host/b',
      's3://id@host/b',
      'file:///',
      'file://host/x',
      'file:///a%00',
    ])
      expect(() => blobs({ BLOB_URL: wrong }), wrong).toThrow(
        expect.objectContaining({ message: expect.stringMatching(/^(?=[^]*BLOB_URL)(?![^]*hunter2)/) }),
      );
  });

  it('[D7] the audit log is kept a year unless AUDIT_DAYS says another time', () => {
    expect([readConfig(least).auditDays, readConfig({ ...least, AUDIT_DAYS: '30' }).auditDays]).toEqual([365, 30]);
    for (const wrong of ['29', '3651', '-1', '1.5', 'for ever'])
      expect(() => readConfig({ ...least, AUDIT_DAYS: wrong }), wrong).toThrow('AUDIT_DAYS');
  });
});
