import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AccountId } from '@cacaw/protocol';

interface Page {
  /** Asks as whoever is signed in with it; throws when the relay refuses. */
  readonly ask: (method: string, path: string, body?: object) => Promise<{ readonly [field: string]: unknown }>;
  /** What its requests carry. */
  readonly headers: () => { readonly [name: string]: string };
}

/** Somebody signed in at a relay, as a browser's page would be. */
export interface SignedIn extends Page {
  readonly account: AccountId;
  /** The token that opens sockets. */
  token(): Promise<string>;
}

const password = 'a long enough password for figures';

/** Signs up at a relay that keeps its mail in `dataDir`, confirms the mail and signs in. */
export async function signUp(relay: { readonly origin: string; readonly dataDir: string }, name: string): Promise<SignedIn> {
  const email = `${name}@bench.example`;
  const nobody = pageOf(relay.origin);
  await nobody.ask('POST', '/api/auth/sign-up/email', { name, email, password });
  await nobody.ask('POST', '/api/auth/verify-email', { token: await secretOfMail(join(relay.dataDir, 'mail'), email) });
  return signIn(relay, name);
}

/** Signs in once more, as on another device. */
export async function signIn(relay: { readonly origin: string }, name: string): Promise<SignedIn> {
  const page = pageOf(relay.origin);
  await page.ask('POST', '/api/auth/sign-in/email', { email: `${name}@bench.example`, password });
  const { accountId } = await page.ask('GET', '/api/account');
  return { ...page, account: accountId as AccountId, token: async () => String((await page.ask('GET', '/api/auth/token'))['token']) };
}

let pages = 0;

/** A page of the relay's own origin, with the cookies it was given, from an address of its own: limits count those. */
function pageOf(origin: string): Page {
  const address = `10.${Math.floor(++pages / 250)}.${pages % 250}.1`;
  const cookies = new Map<string, string>();
  const headers = (): { readonly [name: string]: string } => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return { origin, 'content-type': 'application/json', 'x-forwarded-for': address, ...(cookie === '' ? {} : { cookie }) };
  };
  return {
    headers,
    async ask(method, path, body) {
      const sent = body === undefined ? {} : { body: JSON.stringify(body) };
      const answer = await fetch(`${origin}${path}`, { method, headers: headers(), ...sent });
      for (const line of answer.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        cookies.set(name, value);
      }
      const text = await answer.text();
      if (!answer.ok) throw new Error(`The relay answered ${method} ${path} with ${answer.status}: ${text}`);
      return text === '' ? {} : (JSON.parse(text) as { readonly [field: string]: unknown });
    },
  };
}

/** The secret in the fragment of the link that a mail to this address holds. */
async function secretOfMail(folder: string, email: string): Promise<string> {
  for (;;) {
    for (const name of await readdir(folder).catch(() => [])) {
      const mail = (await readFile(join(folder, name), 'utf8')).replaceAll('=\r\n', '').replaceAll('=3D', '=').replaceAll('\r\n', '\n');
      const secret = mail.includes(email) ? /https?:\/\/\S+#([\w.-]+)/.exec(mail)?.[1] : undefined;
      if (secret !== undefined) return secret;
    }
    await sleep(20);
  }
}
