import { check, isShowable, problemOf, problemType } from '@cacaw/protocol/http';
import type { AccountId, Clock, HttpProblemCode } from '@cacaw/protocol';
import { rateHeaders, type RateHeaders } from '../http/rate-headers.ts';
import { Problem } from '../http/route.ts';
import { isJsonType, noJsonObject, parseJsonObject } from '../http/strict-json.ts';
import type { Authenticator } from '../ports/authenticator.ts';
import type { Mailer, SecurityEvent } from '../ports/mailer.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';
import type { RateLimiter } from '../ports/rate-limiter.ts';
import type { SignUpInvites } from '../ports/sign-up-invites.ts';
import { LogUnavailable } from '../ports/update-log.ts';
import { authPaths, type AuthBody, type AuthPath } from './auth-paths.ts';
import { addressHeader, authBase, type AuthLibrary } from './library.ts';
import { passwordMistake } from './password-rules.ts';

/** Whether strangers may make an account: anybody, those an operator invited, nobody. */
export type SignUpMode = 'open' | 'invite' | 'closed';

/** What stands behind the door. */
export interface DoorOptions {
  readonly library: () => AuthLibrary;
  readonly authenticator: Authenticator;
  readonly profiles: Profiles;
  readonly invites: SignUpInvites;
  readonly limiter: RateLimiter;
  readonly mailer: Pick<Mailer, 'send'>;
  readonly clock: Clock;
  readonly signUp: SignUpMode;
  /** Names an e-mail without telling it: what a limit is counted under. */
  readonly keyOf: (email: string) => string;
  /** Where pages are: the first origin of this relay. */
  readonly home: () => string;
  /** Removes what has ended; called now and then. */
  readonly sweep: () => Promise<void>;
  readonly onFault: (what: string, error: unknown) => void;
}

/** Everything under `/api/auth`: limits, bodies, passwords and mails are ours, what happens inside is the library's. */
export interface AuthDoor {
  handle(request: Request, address: string): Promise<Response>;
}

/** A problem that also says, in the library's own words, what exactly was wrong. */
class Refusal extends Problem {
  readonly reason: string;
  readonly headers: { readonly [name: string]: string };

  constructor(code: HttpProblemCode, detail: string, reason: string, headers: { readonly [name: string]: string } = {}) {
    super(code, detail);
    this.reason = reason;
    this.headers = headers;
  }
}

interface Knock {
  readonly path: string;
  readonly offered: AuthPath;
  readonly request: Request;
  readonly address: string;
  readonly body: AuthBody | undefined;
}

const sweepEveryMs = 60 * 60 * 1000;

/** A door before the library; what is not listed in `authPaths` does not exist. */
export function createAuthDoor(options: DoorOptions): AuthDoor {
  let sweptAt = Number.NEGATIVE_INFINITY;
  const sweepNowAndThen = (): void => {
    if (options.clock.now() - sweptAt < sweepEveryMs) return;
    sweptAt = options.clock.now();
    options.sweep().catch((error: unknown) => options.onFault('what has ended was not removed', error));
  };
  return {
    async handle(request, address) {
      sweepNowAndThen();
      const path = new URL(request.url).pathname.slice(authBase.length);
      const offered = Object.hasOwn(authPaths, path) ? authPaths[path] : undefined;
      const startedAt = options.clock.now();
      const answer =
        offered === undefined || offered.method !== request.method
          ? refuse(new Refusal('unknown', `There is no ${request.method} ${authBase}${path}.`, 'unknown'))
          : await answerKnock({ path, offered, request, address }, options);
      await waitForTurn(offered, { startedAt, clock: options.clock });
      return answer;
    },
  };
}

async function answerKnock(knock: Omit<Knock, 'body'>, options: DoorOptions): Promise<Response> {
  return orRefusal(async () => {
    const told = await limit(knock.offered, knock.address, options);
    return telling(told, await orRefusal(() => answerCounted(knock, options)));
  });
}

async function answerCounted(knock: Omit<Knock, 'body'>, options: DoorOptions): Promise<Response> {
  const body = await readBody(knock);
  if (body?.email !== undefined) await limit(knock.offered, options.keyOf(body.email), options);
  return admit({ ...knock, body }, options);
}

async function orRefusal(answer: () => Promise<Response>): Promise<Response> {
  try {
    return await answer();
  } catch (error) {
    if (error instanceof Problem) return refuse(error);
    if (error instanceof LogUnavailable)
      return refuse(new Refusal('unavailable', 'The database did not answer; try again in a moment.', 'unavailable'));
    throw error;
  }
}

async function admit(knock: Knock, options: DoorOptions): Promise<Response> {
  const owner = await ownerOf(knock, options);
  checkPassword(knock, owner);
  const isInvitedOperator = knock.path === '/sign-up/email' ? await checkInvite(knock, options) : false;
  const answer = await options.library().handle(libraryRequest(knock, options.home()));
  if (!answer.ok) return translate(answer);
  if (isInvitedOperator) await makeOperator(knock, options);
  if (owner !== undefined) tell(owner, await eventOf(knock, owner, options), options);
  return knock.path === '/sign-up/email' ? Response.json({ status: true }, { headers: noStore }) : withoutStore(answer);
}

const noStore = { 'cache-control': 'no-store' };

function withoutStore(answer: Response): Response {
  const headers = new Headers(answer.headers);
  headers.set('cache-control', 'no-store');
  return new Response(answer.body, { status: answer.status, headers });
}

async function limit({ limit: name }: AuthPath, key: string, { limiter }: DoorOptions): Promise<RateHeaders> {
  const verdict = await limiter.take(name, key);
  const headers = rateHeaders(name, verdict);
  if (verdict.isAllowed) return headers;
  throw new Refusal('rate-limit', `Too many attempts; come back in ${headers['retry-after']} seconds.`, 'rate-limit', headers);
}

/** What is left to an address. What is left to an e-mail is told only once it is nothing: others may be trying it too. */
function telling(told: RateHeaders, answer: Response): Response {
  for (const [name, value] of Object.entries(told)) if (!answer.headers.has(name)) answer.headers.set(name, value);
  return answer;
}

async function readBody({ offered, request }: Omit<Knock, 'body'>): Promise<AuthBody | undefined> {
  if (request.method === 'GET') return undefined;
  const bytes = new Uint8Array(await request.arrayBuffer());
  if (bytes.length > 0 && !isJsonType(request.headers.get('content-type')))
    throw new Refusal('media-type', 'Send the body as application/json.', 'media-type');
  const sent = bytes.length === 0 ? {} : parseObject(bytes);
  if (offered.body === undefined) return onlyShowable(sent);
  const checked = check(offered.body, sent);
  if (!checked.ok) throw new Refusal('malformed', `${checked.mistakes.join('; ')}.`, 'malformed');
  return checked.value;
}

/** What the library alone understands goes on to the database, which keeps no NUL and no half characters. */
function onlyShowable(sent: object): object {
  for (const one of Object.values(sent) as unknown[]) {
    if (typeof one === 'string' && !isShowable(one))
      throw new Refusal('malformed', 'A text in the body has control characters.', 'malformed');
    if (typeof one === 'object' && one !== null) onlyShowable(one);
  }
  return sent;
}

function parseObject(bytes: Uint8Array): object {
  const read = parseJsonObject(bytes);
  if (read === undefined) throw new Refusal('malformed', noJsonObject, 'malformed');
  return read;
}

/** Whose account this changes, where the door itself must know: whose password it is, and who is told. */
async function ownerOf({ path, offered, request, body }: Knock, options: DoorOptions): Promise<Profile | undefined> {
  if (path === '/reset-password') {
    const account = await options.library().ownerOfReset(body?.token ?? '');
    return account === undefined ? undefined : options.profiles.read(account as AccountId);
  }
  if (offered.tells === undefined && path !== '/two-factor/verify-totp') return undefined;
  const who = await options.authenticator.identifyRequest(cookieOnly(request.headers));
  return who && options.profiles.read(who.account);
}

function checkPassword({ path, body }: Knock, owner: Profile | undefined): void {
  if (body === undefined) return;
  const chosen = path === '/sign-up/email' ? body.password : body.newPassword;
  if (chosen === undefined || typeof chosen !== 'string') return;
  const mistake = passwordMistake(chosen, owner ?? { email: body.email, username: body.name });
  if (mistake !== undefined) throw new Refusal('malformed', mistake, 'weak-password');
}

async function checkInvite({ body }: Knock, { signUp, invites }: DoorOptions): Promise<boolean> {
  if (signUp === 'closed') throw new Refusal('forbidden', 'This relay takes no new accounts. Ask who runs it.', 'sign-up-closed');
  const invite = body?.invite === undefined ? undefined : await invites.take(body.email ?? '', body.invite);
  if (signUp === 'invite' && invite === undefined)
    throw new Refusal('forbidden', 'Sign up with the link of an invitation, under the address it was sent to.', 'sign-up-needs-invite');
  return invite?.isOperator === true;
}

async function makeOperator({ body }: Knock, { profiles }: DoorOptions): Promise<void> {
  const account = await profiles.byEmail(body?.email ?? '');
  if (account !== undefined) await profiles.setOperator(account, true);
}

/** The request as the library sees it: our address, our path, the cookie, where it came from, and the body that was checked. */
function libraryRequest({ path, request, address, body }: Knock, home: string): Request {
  const headers = cookieOnly(request.headers);
  for (const name of ['origin', 'referer', 'user-agent', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest']) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  headers.set(addressHeader, address);
  if (path === '/verify-email') {
    const url = new URL(`${authBase}${path}`, home);
    url.searchParams.set('token', body?.token ?? '');
    return new Request(url, { headers });
  }
  const url = new URL(`${authBase}${path}`, home);
  if (request.method === 'GET') return new Request(url, { headers });
  headers.set('content-type', 'application/json');
  return new Request(url, { method: 'POST', headers, body: JSON.stringify(bodyFor(path, body)) });
}

/** A new password ends every other sign-in, whatever the client says. */
const bodyFor = (path: string, body: AuthBody | undefined): object =>
  path === '/change-password' ? { ...body, revokeOtherSessions: true } : { ...body };

function cookieOnly(headers: Headers): Headers {
  const cookie = headers.get('cookie');
  return new Headers(cookie === null ? {} : { cookie });
}

const codes: { readonly [status: number]: HttpProblemCode } = {
  400: 'malformed',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'unknown',
  409: 'conflict',
  422: 'malformed',
  429: 'rate-limit',
};

async function translate(answer: Response): Promise<Response> {
  const said = (await answer.json().catch(() => ({}))) as { readonly code?: unknown; readonly message?: unknown };
  const reason = typeof said.code === 'string' ? said.code : 'unknown';
  // Only a race for the same e-mail or name ends so.
  if (reason === 'FAILED_TO_CREATE_USER') return refuse(new Refusal('unavailable', 'The account was not made; try again.', reason));
  const code = codes[answer.status] ?? 'internal';
  const detail = typeof said.message === 'string' && code !== 'internal' ? said.message : 'That did not work.';
  const refused = refuse(new Refusal(code, detail.endsWith('.') ? detail : `${detail}.`, reason));
  for (const cookie of answer.headers.getSetCookie()) refused.headers.append('set-cookie', cookie);
  return refused;
}

function refuse(error: Problem): Response {
  const { reason, headers = {} } = error instanceof Refusal ? error : { reason: 'unknown' };
  const body = { ...problemOf(error.code, error.message), reason };
  return new Response(JSON.stringify(body), { status: body.status, headers: { 'content-type': problemType, ...noStore, ...headers } });
}

/** A code that is right for the first time turns the second factor on. */
async function eventOf({ path, offered }: Knock, owner: Profile, { profiles }: DoorOptions): Promise<SecurityEvent | undefined> {
  if (path !== '/two-factor/verify-totp' || owner.hasSecondFactor) return offered.tells;
  return (await profiles.read(owner.account))?.hasSecondFactor === true ? 'second-factor-on' : undefined;
}

function tell({ email }: Profile, event: SecurityEvent | undefined, { mailer, clock, home, onFault }: DoorOptions): void {
  if (event === undefined) return;
  const data = { event, at: clock.now(), link: `${home()}/account` };
  mailer.send({ to: email, kind: 'security', data }).catch((error: unknown) => onFault('a mail was not sent', error));
}

function waitForTurn(
  offered: AuthPath | undefined,
  { startedAt, clock }: { readonly startedAt: number; readonly clock: Clock },
): Promise<void> {
  const every = offered?.answersEveryMs;
  if (every === undefined) return Promise.resolve();
  const since = clock.now() - startedAt;
  return new Promise((done) => clock.after(Math.ceil((since + 1) / every) * every - since, done));
}
