import { argon2, timingSafeEqual } from 'node:crypto';
import type { Random } from '@cacaw/protocol';

/** argon2id at what OWASP asks for one lane (47,104 KiB, one pass): 50-300 ms on one core. */
export const argonCost: { readonly memory: number; readonly passes: number; readonly parallelism: number } = {
  memory: 47_104,
  passes: 1,
  parallelism: 1,
};

/** Hashes and checks passwords; neither blocks the event loop. */
export interface PasswordHash {
  hash(password: string): Promise<string>;
  /** False for another password and for anything that is no hash of ours. */
  verify(hash: string, password: string): Promise<boolean>;
}

const saltBytes = 16;
const tagBytes = 32;
/** Two of the four threads that Node also reads files with; more at once would only wait for the same cores. */
const maxAtOnce = 2;
const pattern = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22})\$([A-Za-z0-9+/]{43})$/;

/** argon2id hashes in the usual text form, with a fresh salt each. */
export function createPasswordHash(random: Random): PasswordHash {
  const inTurn = createTurns(maxAtOnce);
  return {
    async hash(password) {
      const salt = random.bytes(saltBytes);
      const tag = await inTurn(() => derive(password, salt, argonCost));
      return `$argon2id$v=19$m=${argonCost.memory},t=${argonCost.passes},p=${argonCost.parallelism}$${base64(salt)}$${base64(tag)}`;
    },
    async verify(hash, password) {
      const [, memory, passes, parallelism, salt = '', tag = ''] = pattern.exec(hash) ?? [];
      if (memory === undefined) return false;
      const cost = { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) };
      const found = await inTurn(() => derive(password, Buffer.from(salt, 'base64'), cost));
      return timingSafeEqual(found, Buffer.from(tag, 'base64'));
    },
  };
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/, '');

/** Keyboards differ in how they compose letters; the password is the same. */
function derive(password: string, nonce: Uint8Array, cost: typeof argonCost): Promise<Buffer> {
  const message = password.normalize('NFKC');
  return new Promise((done, failed) => {
    argon2('argon2id', { message, nonce, tagLength: tagBytes, ...cost }, (error, tag) => (error === null ? done(tag) : failed(error)));
  });
}

/** Runs at most `width` things at once, the others in the order they came. */
function createTurns(width: number): <T>(run: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (run) => {
    if (running >= width) await new Promise<void>((go) => waiting.push(go));
    else running += 1;
    try {
      return await run();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
