import type { AuthDoor } from '../accounts/door.ts';
import { authPaths } from '../accounts/auth-paths.ts';
import { authBase } from '../accounts/library.ts';
import type { Audit, AuditEvent } from '../ports/audit.ts';
import type { Authenticator, Identity } from '../ports/authenticator.ts';

type Kind = AuditEvent['kind'];

/** Where a sign-in begins: who it is can be told only from the cookie it gives. */
const entries: ReadonlySet<string> = new Set([
  '/sign-in/email',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/verify-authentication',
]);

/** What is done by somebody who is signed in, or by nobody who could be named. What is told by mail is noted too. */
const deeds: { readonly [path: string]: Kind } = {
  '/sign-up/email': 'sign-up-asked',
  '/sign-out': 'signed-out',
  '/revoke-session': 'signed-out',
  '/revoke-other-sessions': 'signed-out',
};

/** The same door, noting sign-ins, what changes an account, and refusals; never an address in full, an e-mail or a token. */
export function notingDoor(
  door: AuthDoor,
  { audit, authenticator }: { readonly audit: Audit; readonly authenticator: Authenticator },
): AuthDoor {
  return {
    async handle(request, address) {
      const path = new URL(request.url).pathname.slice(authBase.length);
      const deed = deedOf(path);
      const who = deed === undefined ? undefined : await known(authenticator, request.headers);
      const answer = await door.handle(request, address);
      if (!answer.ok) noteRefusal(audit, { path, status: answer.status, who, address });
      else if (entries.has(path)) await noteEntry(audit, { authenticator, answer, address });
      else if (deed !== undefined) audit.note({ kind: deed, account: who?.account, address });
      return answer;
    },
  };
}

function deedOf(path: string): Kind | undefined {
  if (Object.hasOwn(deeds, path)) return deeds[path];
  return Object.hasOwn(authPaths, path) ? authPaths[path]?.tells : undefined;
}

/** Whoever signs in must not be kept out because a look at who they were fails. */
async function known(authenticator: Authenticator, headers: Headers): Promise<Identity | undefined> {
  try {
    const cookie = headers.get('cookie');
    return cookie === null ? undefined : await authenticator.identifyRequest(new Headers({ cookie }));
  } catch {
    return undefined;
  }
}

async function noteEntry(
  audit: Audit,
  { authenticator, answer, address }: { readonly authenticator: Authenticator; readonly answer: Response; readonly address: string },
): Promise<void> {
  const cookie = answer.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const who = cookie === '' ? undefined : await known(authenticator, new Headers({ cookie }));
  // Without one a second step is still to come.
  if (who !== undefined) audit.note({ kind: 'signed-in', account: who.account, address });
}

interface Refused {
  readonly path: string;
  readonly status: number;
  readonly who: Identity | undefined;
  readonly address: string;
}

function noteRefusal(audit: Audit, { path, status, who, address }: Refused): void {
  if (status === 429) audit.note({ kind: 'limited', account: who?.account, address });
  else if (status === 401 || status === 403)
    audit.note({ kind: entries.has(path) ? 'sign-in-refused' : 'refused', account: who?.account, address });
}
