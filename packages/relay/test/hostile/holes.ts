// Defences of the relay, each with how to switch it off. `scripts/switch-off.ts` does that, one by one, and wants the tests that
// name the defence to fail: a test that stays green proves nothing.

/** A change of source text that makes a defence ineffective. */
interface Patch {
  /** End of the file's path. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A defence, by the name tests call it. */
export interface Hole {
  readonly defence: string;
  readonly patches: readonly Patch[];
}

const token = 'relay/src/accounts/token.ts';
const authenticator = 'relay/src/adapters/account-authenticator.ts';
const library = 'relay/src/accounts/library.ts';
const authAdapter = 'relay/src/adapters/postgres/auth-adapter.ts';
const mount = 'relay/src/http/mount.ts';
const admission = 'relay/src/http/admitted.ts';

const verifyCall = 'await jwtVerify(token, key, {';
const lookUp = 'return keys.get(id);';
const byToken = "(credential.kind === 'bearer' ? byToken(credential.token) :";
const identifyHeaders = 'options.authenticator.identifyRequest(headers)';

/** A token believed without looking at its signature. */
const unverified = `(({ claims }) => ({ payload: claims }))({ claims: JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) }); void (async () => ({`;

/** Every defence that a test names. */
export const holes: readonly Hole[] = [
  {
    defence: 'signature',
    patches: [
      { file: token, from: `const { payload } = ${verifyCall}`, to: `const { payload } = ${unverified}` },
      { file: token, from: 'currentDate: new Date(clock.now()),\n    });', to: 'currentDate: new Date(clock.now()),\n    }))();' },
    ],
  },
  { defence: 'times', patches: [{ file: token, from: 'clockTolerance: clockLeewaySeconds', to: 'clockTolerance: 1e9' }] },
  {
    defence: 'required claims',
    patches: [
      { file: token, from: "requiredClaims: ['sub', 'sid', 'exp', 'nbf', 'iat'],", to: '' },
      { file: token, from: '|| exp === undefined) return undefined;', to: ') return undefined;' },
      { file: token, from: 'expiresAt: exp * 1000', to: 'expiresAt: (exp ?? 9e9) * 1000' },
    ],
  },
  { defence: 'audience', patches: [{ file: token, from: 'audience: tokenAudience,', to: '' }] },
  { defence: 'issuer', patches: [{ file: token, from: 'issuer: tokenIssuer,', to: '' }] },
  { defence: 'algorithm', patches: [{ file: token, from: 'algorithms: [tokenAlgorithm],', to: '' }] },
  { defence: 'key retires', patches: [{ file: token, from: ' || known.retiresAt <= clock.now()', to: '' }] },
  {
    defence: 'key id',
    patches: [
      { file: token, from: lookUp, to: "return keys.get(id) ?? keys.get('forger-key');" },
      { file: token, from: 'id === undefined ? undefined : await keyOf(id)', to: "await keyOf(id ?? 'forger-key')" },
      { file: token, from: 'return decodeProtectedHeader(token).kid;', to: "return decodeProtectedHeader(token).kid ?? 'forger-key';" },
    ],
  },
  {
    defence: 'brought keys',
    patches: [
      {
        file: token,
        from: verifyCall,
        to: `await jwtVerify(token, await (async ({ jwk, jku, x5u }) => {
          if (jwk !== undefined) return importJWK(jwk as JWK, tokenAlgorithm);
          const from = jku ?? x5u;
          if (from === undefined) return key;
          const { keys } = (await (await fetch(from)).json()) as { keys: JWK[] };
          return importJWK(keys[0] as JWK, tokenAlgorithm);
        })(decodeProtectedHeader(token)), {`,
      },
    ],
  },
  {
    defence: 'length',
    patches: [{ file: token, from: 'token.length > maxTokenLength ? undefined : keyIdOf(token)', to: 'keyIdOf(token)' }],
  },
  { defence: 'subject', patches: [{ file: authenticator, from: ' || signIn.account !== claims.account', to: '' }] },
  {
    defence: 'sign-in lives',
    patches: [
      {
        file: authenticator,
        from: 'claims && (await signIns.find(claims.signIn))',
        to: 'claims && { id: claims.signIn, account: claims.account, expiresAt: claims.expiresAt }',
      },
    ],
  },
  {
    defence: 'nobody',
    patches: [
      {
        file: authenticator,
        from: byToken,
        to: `(credential.kind === 'bearer' ? byToken(credential.token).then((who) => who ?? ({ account: 'N'.repeat(22), kind: 'account' } as Identity)) :`,
      },
    ],
  },
  {
    defence: 'address',
    patches: [
      {
        file: mount,
        from: identifyHeaders,
        to: `options.authenticator.identifyRequest(context.req.query('access_token') === undefined ? headers : new Headers([...headers, ['authorization', 'Bearer ' + context.req.query('access_token')]]))`,
      },
    ],
  },
  {
    defence: 'scheme',
    patches: [{ file: authenticator, from: '/^bearer ([\\w.-]+)$/i', to: '/([\\w.-]+)$/i' }],
  },
  {
    defence: 'cookie origin',
    patches: [{ file: 'relay/src/http/cookie-origin.ts', from: "origins.includes(headers.get('origin') ?? '')", to: 'true' }],
  },
  {
    defence: 'one kind each',
    patches: [
      {
        file: authenticator,
        from: byToken,
        to: "(credential.kind === 'bearer' ? byToken(credential.token).then((who) => who ?? devices.identify({ kind: 'secret', secret: new Uint8Array(Buffer.alloc(32, credential.token)) })) :",
      },
    ],
  },
  {
    defence: 'other shapes',
    patches: [
      {
        file: token,
        from: 'return claimsOf(token, known, clock);',
        to: `const jose = await import('jose');
        const text = (bytes) => new TextDecoder().decode(bytes);
        if (token.split('.').length === 5) {
          const { sub, sid, exp } = JSON.parse(text((await jose.compactDecrypt(token, new Uint8Array(32).fill(7))).plaintext));
          return { account: sub, signIn: sid, expiresAt: exp * 1000 };
        }
        if (decodeProtectedHeader(token).cty === 'JWT') return this.verify(text((await jose.compactVerify(token, known.key)).payload));
        return claimsOf(token, known, clock);`,
      },
    ],
  },
  {
    defence: 'cookie signature',
    patches: [
      {
        file: library,
        from: 'const ask = { headers,',
        to: `const ask = {
          headers: ((cookie) => {
            const at = cookie.indexOf('=');
            const [secret = ''] = decodeURIComponent(cookie.slice(at + 1)).split('.');
            const hmac = process.getBuiltinModule('node:crypto').createHmac('sha256', options.secret);
            const signed = encodeURIComponent(secret + '.' + hmac.update(secret).digest('base64'));
            return new Headers({ cookie: cookie.slice(0, at) + '=' + signed });
          })(headers.get('cookie') ?? ''),`,
      },
    ],
  },
  {
    // As if a cookie that was believed once were believed without asking again.
    defence: 'cookie lives',
    patches: [
      {
        file: authenticator,
        from: 'const signIn = await signIns.ofCookie(headers);',
        to: `const known = (globalThis.believedCookies ??= new Map());
        const signIn = known.get(headers.get('cookie')) ?? (await signIns.ofCookie(headers));
        known.set(headers.get('cookie'), signIn);`,
      },
    ],
  },
  {
    defence: 'subprotocol',
    patches: [
      {
        file: 'relay/src/app.ts',
        from: 'offered.find((one) => one.startsWith(name))?.slice(name.length)',
        to: "offered.find((one) => one.startsWith(name) || one.startsWith('token.'))?.replace(/^[a-z]+\\./, '')",
      },
    ],
  },
  {
    defence: 'second factor',
    patches: [
      {
        file: library,
        from: 'plugins: [tokens(options), secondFactor(),',
        to: 'plugins: [tokens(options), { ...secondFactor(), hooks: undefined },',
      },
    ],
  },
  {
    defence: 'used up',
    patches: [
      {
        file: authAdapter,
        from: 'delete from ${sql(table.table)} where ${sql(table.id)} = (${one(sql, table, where)}) returning ${sql(storedColumns(table))}',
        to: 'select ${sql(storedColumns(table))} from ${sql(table.table)} where ${sql(table.id)} = (${one(sql, table, where)})',
      },
      {
        file: authAdapter,
        from: 'await sql`delete from ${sql(table.table)} where ${sql(table.id)} = (${one(sql, table, where)})`;',
        to: 'void table;',
      },
    ],
  },
  {
    defence: 'mails age',
    patches: [
      // The library also sweeps what has ended whenever it looks for something.
      {
        file: authAdapter,
        from: 'return (await sql`delete from ${sql(table.table)} where ${whereOf(sql, table, where, seal)}`).count;',
        to: 'return 0;',
      },
      {
        file: authAdapter,
        from: 'plain[column] = value;',
        to: "plain[column] = table.table === 'verifications' && column === 'expires_at' ? new Date(Date.now() + 60_000) : value;",
      },
    ],
  },
  {
    defence: 'recovery codes used up',
    patches: [
      {
        file: authAdapter,
        from: '${sql(column)} = ${value as never}`)',
        to: "${sql(column)} = ${column.startsWith('recovery_codes') ? sql(column) : (value as never)}`)",
      },
    ],
  },
  { defence: 'codes used up', patches: [{ file: library, from: 'hooks: { before: refuseUsedCode(options) },', to: '' }] },
  {
    defence: 'role',
    patches: [{ file: admission, from: '!isAtLeast(answer.admitted.role, role)', to: 'false' }],
  },
  {
    defence: 'passes',
    patches: [
      {
        file: 'relay/src/members/passes.ts',
        from: 'if (!timingSafeEqual(Buffer.from(seal), sealOf(device, collection, until))) return undefined;',
        to: '',
      },
    ],
  },
  {
    defence: 'strangers',
    patches: [
      {
        file: admission,
        from: 'notAdmitted(answer.refused, collection)',
        to: "notAdmitted((await access.current(collection, [1])).size > 0 ? 'deleted' : 'unknown', collection)",
      },
    ],
  },
];
