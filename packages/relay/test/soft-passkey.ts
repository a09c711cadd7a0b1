import { createHash, createSign, generateKeyPairSync, randomBytes } from 'node:crypto';

/** What the relay asks of an authenticator. */
export interface Ceremony {
  readonly challenge: string;
  readonly rpId?: string;
  readonly rp?: { readonly id: string };
}

const sha256 = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
const base64url = (data: Uint8Array): string => Buffer.from(data).toString('base64url');
const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const text = (value: string): Buffer => Buffer.concat([bytes(0x60 + value.length), Buffer.from(value)]);

/** An authenticator in software: one ES256 key, as a phone or a stick would hold it. */
export class SoftPasskey {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #id = randomBytes(16);
  readonly #origin: string;
  readonly #seesOwner: boolean;
  #counter = 0;

  constructor(origin: string, { seesOwner = true }: { readonly seesOwner?: boolean } = {}) {
    this.#origin = origin;
    this.#seesOwner = seesOwner;
  }

  /** Answers `navigator.credentials.create`. */
  create(options: Ceremony): object {
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const coordinate = (value: string): Buffer => Buffer.concat([bytes(0x58, 32), Buffer.from(value, 'base64url')]);
    const key = Buffer.concat([bytes(0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21), coordinate(x), bytes(0x22), coordinate(y)]);
    const attested = Buffer.concat([Buffer.alloc(16), bytes(0, this.#id.length), this.#id, key]);
    const data = Buffer.concat([this.#data(options, 0x40), attested]);
    const object = Buffer.concat([
      bytes(0xa3),
      Buffer.concat([text('fmt'), text('none')]),
      Buffer.concat([text('attStmt'), bytes(0xa0)]),
      Buffer.concat([text('authData'), bytes(0x58, data.length), data]),
    ]);
    return this.#credential({
      clientDataJSON: base64url(this.#client('webauthn.create', options)),
      attestationObject: base64url(object),
      transports: ['internal'],
    });
  }

  /** Answers `navigator.credentials.get`. */
  get(options: Ceremony): object {
    const client = this.#client('webauthn.get', options);
    const data = this.#data(options, 0);
    const signature = createSign('sha256')
      .update(Buffer.concat([data, sha256(client)]))
      .sign(this.#keys.privateKey);
    return this.#credential({ clientDataJSON: base64url(client), authenticatorData: base64url(data), signature: base64url(signature) });
  }

  #client(type: string, { challenge }: Ceremony): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin: this.#origin, crossOrigin: false }));
  }

  #data({ rpId, rp }: Ceremony, more: number): Buffer {
    this.#counter += 1;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(this.#counter);
    return Buffer.concat([sha256(Buffer.from(rpId ?? rp?.id ?? '')), bytes(1 + (this.#seesOwner ? 4 : 0) + more), counter]);
  }

  #credential(response: object): object {
    const id = base64url(this.#id);
    return { id, rawId: id, type: 'public-key', clientExtensionResults: {}, response };
  }
}
