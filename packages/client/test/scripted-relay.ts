import { createHash } from 'node:crypto';
import {
  createPartJoiner,
  decodeClientMessage,
  encodeRelayMessage,
  maxMessageBytes,
  toFrames,
  type AccountId,
  type ClientMessage,
  type Clock,
  type RelayMessage,
  type Wire,
} from '@cacaw/protocol';

/** One connection as a relay sees it: what the client said, and what the test lets the relay say. */
export class ScriptedConnection {
  readonly received: ClientMessage[] = [];
  /** The code the client closed with. */
  closedWith: number | undefined;
  readonly #parts = createPartJoiner(maxMessageBytes);
  #onFrame: (frame: Uint8Array) => void = () => undefined;
  #onClose: (code: number, reason: string) => void = () => undefined;
  #isOpen = true;
  readonly wire: Wire = {
    buffered: 0,
    send: (frame) => this.#read(frame),
    close: (code) => {
      this.#isOpen = false;
      this.closedWith = code;
    },
    onFrame: (listener) => {
      this.#onFrame = listener;
    },
    onClose: (listener) => {
      this.#onClose = listener;
    },
  };

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(message: RelayMessage): void {
    this.sendFrames(...toFrames(encodeRelayMessage(message), 1));
  }

  sendFrames(...frames: readonly Uint8Array[]): void {
    for (const frame of frames) if (this.#isOpen) this.#onFrame(frame);
  }

  close(code: number, reason = ''): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#onClose(code, reason);
  }

  /** The messages of one type the client has sent so far. */
  all<Type extends ClientMessage['type']>(type: Type): readonly Extract<ClientMessage, { readonly type: Type }>[] {
    return this.received.filter((message): message is Extract<ClientMessage, { readonly type: Type }> => message.type === type);
  }

  #read(bytes: Uint8Array): void {
    if (!this.#isOpen) throw new Error('A frame was sent on a wire that has ended.');
    const decoded = decodeClientMessage(bytes);
    if (!decoded.ok) throw new Error(decoded.problem);
    if (decoded.message.type !== 'part') this.received.push(decoded.message);
    else {
      const joined = this.#parts.accept(decoded.message);
      if (joined.kind === 'message') this.#read(joined.bytes);
    }
  }
}

/** A relay that does what the test says: every attempt to connect becomes one more connection. */
export class ScriptedRelay {
  readonly connections: ScriptedConnection[] = [];
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly connect = (): Wire => {
    const connection = new ScriptedConnection();
    this.connections.push(connection);
    return connection.wire;
  };

  /** The newest connection. */
  get last(): ScriptedConnection {
    const last = this.connections.at(-1);
    if (last === undefined) throw new Error('Nobody has connected yet.');
    return last;
  }

  /** Welcomes the newest connection. */
  welcome(account: AccountId = accountOf('someone')): ScriptedConnection {
    const { last } = this;
    last.send({
      type: 'welcome',
      serverTime: this.#clock.now(),
      account,
      maxFrameBytes: 262_144,
      maxPageBytes: 1_048_576,
      capabilities: [],
    });
    return last;
  }
}

/** The account of a made-up person. */
export const accountOf = (name: string): AccountId => createHash('sha256').update(name).digest('base64url') as AccountId;
