import { encodeRelayMessage, toFrames, type ClientMessage, type CollectionId, type Handle, type RelayMessage } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { ScriptedRelay } from '../test/scripted-relay.ts';
import { strongRandom } from '../test/strong-random.ts';
import { SwitchedNetwork } from '../test/switched-network.ts';
import type { CredentialSource, DatedCredential } from './credential.ts';
import { tokenCredential } from './credential.ts';
import { createLink, type Link, type LinkState } from './link.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly relay: ScriptedRelay;
  readonly network: SwitchedNetwork;
  readonly link: Link;
  /** Speaks on the newest connection that was opened. */
  readonly send: (message: ClientMessage) => void;
  readonly states: LinkState[];
  readonly heard: string[];
  readonly offsets: number[];
}

const anyone: DatedCredential = { credential: { kind: 'secret', secret: new Uint8Array(32) } };

function scene(credential: CredentialSource = () => Promise.resolve(anyone)): Scene {
  const clock = new ManualClock();
  const relay = new ScriptedRelay(clock);
  const network = new SwitchedNetwork();
  const states: LinkState[] = [];
  const heard: string[] = [];
  const offsets: number[] = [];
  let send: (message: ClientMessage) => void = () => undefined;
  const hello = (): { appSchema: number; device: string; name: string } => ({ appSchema: 1, device: 'device', name: 'Ada' });
  const link = createLink(
    { connect: relay.connect, clock, random: strongRandom, credential, network, hello },
    {
      onState: (state) => states.push(state),
      onOpen: (_, sendOn) => {
        send = sendOn;
        heard.push('open');
      },
      onMessage: (message) => heard.push(message.type),
      onLost: () => heard.push('lost'),
      onClockOffset: (offsetMs) => offsets.push(offsetMs),
    },
  );
  return { clock, relay, network, link, send: (message) => send(message), states, heard, offsets };
}

async function openScene(credential?: CredentialSource): Promise<Scene> {
  const made = scene(credential);
  await made.clock.advance(0);
  made.relay.welcome();
  return made;
}

const gone = (handle: Handle): RelayMessage => ({ type: 'gone', collection: handle, reason: 'deleted' });

describe('opening', () => {
  it('[L2] says hello with its credential and nothing else until it is welcomed', async () => {
    const { clock, relay, link, send, heard } = scene();
    send({ type: 'leave', collection: 1 });
    await clock.advance(0);

    expect(relay.last.received.map(({ type }) => type)).toEqual(['hello']);
    relay.welcome();
    send({ type: 'leave', collection: 1 });
    expect(relay.last.received.map(({ type }) => type)).toEqual(['hello', 'ping', 'leave']);
    expect(heard).toEqual(['open']);
    expect(link.state).toEqual({ state: 'open' });
  });

  it('[L2] gives up a connection that is not welcomed within 15 s, and tries again', async () => {
    const { clock, relay, heard } = scene();
    await clock.advance(15_000);
    const [first] = relay.connections;

    await clock.advance(500);

    expect(first?.isOpen).toBe(false);
    expect(relay.connections).toHaveLength(2);
    expect(heard).toEqual([]);
  });

  it('[L2] ends a connection that speaks before it welcomes', async () => {
    const { clock, relay } = scene();
    await clock.advance(0);

    relay.last.send({ type: 'pong', serverTime: 0 });

    expect(relay.last.isOpen).toBe(false);
  });

  it('[L5] times each pong from its own ping, however many are on their way', async () => {
    const { clock, relay, link, offsets } = await openScene();
    const started = clock.now();
    await clock.advance(400); // the ping of the welcome is on its way
    link.sampleClock();
    await clock.advance(100);
    relay.last.send({ type: 'pong', serverTime: started + 250 });

    expect(offsets).toEqual([]);
  });

  it('[L5] tells how far the clock of the relay is ahead', async () => {
    const { clock, relay, offsets } = scene();
    await clock.advance(0);

    relay.last.send({
      type: 'welcome',
      serverTime: clock.now() + 60_000,
      account: '0'.repeat(43) as never,
      maxFrameBytes: 1,
      maxPageBytes: 1,
      capabilities: [],
    });

    expect(offsets).toEqual([60_000]);
  });
});

describe('coming back', () => {
  it('[L3] connects again within half a second after a first loss, and forgets nothing it was told', async () => {
    const { clock, relay, heard } = await openScene();
    relay.last.close(1006);
    await clock.advance(500);
    relay.welcome();

    expect(relay.connections).toHaveLength(2);
    expect(heard).toEqual(['open', 'lost', 'open']);
  });

  it('[L3] keeps backing off while the relay welcomes and then sends everybody away', async () => {
    const { clock, relay } = await openScene();
    for (let loss = 0; loss < 12; loss += 1) {
      relay.last.close(1013);
      await clock.advance(30_000);
      relay.welcome();
    }
    const before = relay.connections.length;

    relay.last.close(1013);
    await clock.advance(499);

    expect(relay.connections).toHaveLength(before);
  });

  it('[L3] counts the attempts that fail', async () => {
    const { clock, relay, link } = await openScene();

    for (let loss = 0; loss < 3; loss += 1) {
      relay.last.close(1006);
      await clock.advance(2000);
    }

    expect(link.state).toEqual({ state: 'failing', failures: 3 });
  });

  it('[L3] comes back after bye, spread over as long again as the relay asked for', async () => {
    const { clock, relay } = await openScene();
    relay.last.send({ type: 'bye', retryAfterMs: 4000 });

    await clock.advance(3999);
    expect(relay.connections).toHaveLength(1);
    await clock.advance(4001);
    expect(relay.connections).toHaveLength(2);
  });

  it('[L3] tries at once when asked to, or when the network comes back', async () => {
    const { clock, relay, link, network } = await openScene();
    for (let loss = 0; loss < 8; loss += 1) {
      relay.last.close(1006);
      await clock.advance(30_000);
    }
    relay.last.close(1006);
    const before = relay.connections.length;

    link.retry();
    await clock.advance(0);
    expect(relay.connections).toHaveLength(before + 1);

    relay.last.close(1006);
    network.set(false);
    network.set(true);
    await clock.advance(0);
    expect(relay.connections).toHaveLength(before + 2);
  });

  it('[L3] lets go of its connection while there is no network, and does not try', async () => {
    const { clock, relay, network, link, heard } = await openScene();

    network.set(false);
    await clock.advance(120_000);

    expect(relay.last.isOpen).toBe(false);
    expect(relay.connections).toHaveLength(1);
    expect(link.state).toEqual({ state: 'offline' });
    expect(heard).toEqual(['open', 'lost']);
  });

  it('[L3] says its new name on a new connection', async () => {
    const { clock, relay, link, heard } = await openScene();

    link.reconnect();
    await clock.advance(0);
    relay.welcome();

    expect(relay.connections).toHaveLength(2);
    expect(heard).toEqual(['open', 'lost', 'open']);
  });
});

describe('staying closed', () => {
  it.each([
    [4400, 'protocol'],
    [4403, 'forbidden'],
    [4426, 'outdated'],
  ] as const)('[L4] does not try again after %i, and says why', async (code, why) => {
    const { clock, relay, link } = await openScene();

    relay.last.close(code);
    await clock.advance(600_000);

    expect(relay.connections).toHaveLength(1);
    expect(link.state).toEqual({ state: 'stopped', why, code });
  });

  it('[L4] stays signed out when hello is refused, until asked to try again', async () => {
    const { clock, relay, link } = scene();
    await clock.advance(0);
    relay.last.close(4401);
    await clock.advance(600_000);
    expect(link.state).toEqual({ state: 'stopped', why: 'signed-out', code: 4401 });

    link.retry();
    await clock.advance(0);

    expect(relay.connections).toHaveLength(2);
  });

  it('[L4] asks for a fresh credential when one runs out under an open connection', async () => {
    const { clock, relay } = await openScene();

    relay.last.close(4401);
    await clock.advance(500);

    expect(relay.connections).toHaveLength(2);
  });

  it('[L4] connects nobody who is not signed in', async () => {
    const { clock, relay, link } = scene(() => Promise.resolve(undefined));

    await clock.advance(60_000);

    expect(relay.connections).toHaveLength(0);
    expect(link.state).toEqual({ state: 'stopped', why: 'signed-out', code: 4401 });
  });

  it('[L4] never connects after it was closed', async () => {
    const { clock, relay, link } = await openScene();

    link.close();
    await clock.advance(600_000);

    expect(relay.last.isOpen).toBe(false);
    expect(relay.connections).toHaveLength(1);
    expect(link.state).toEqual({ state: 'closed' });
  });
});

describe('liveness', () => {
  it('[L6] sends something at least every 20 s', async () => {
    const { clock, relay } = await openScene();
    for (let second = 0; second < 100; second += 1) {
      await clock.advance(1000);
      relay.last.send({ type: 'pong', serverTime: clock.now() });
    }

    expect(relay.last.all('ping').length).toBeGreaterThanOrEqual(5);
  });

  it('[L6] gives up a connection after 30 s of silence', async () => {
    const { clock, relay } = await openScene();

    await clock.advance(29_999);
    expect(relay.last.isOpen).toBe(true);
    await clock.advance(1);
    expect(relay.connections[0]?.isOpen).toBe(false);
  });

  it('[L6] keeps a connection whose ping was answered by anything', async () => {
    const { clock, relay } = await openScene();
    for (let minute = 0; minute < 10; minute += 1) {
      const pings = relay.last.all('ping').length;
      while (relay.last.all('ping').length === pings) await clock.advance(1000);
      await clock.advance(8000);
      relay.last.send({ type: 'pong', serverTime: clock.now() });
    }

    expect(relay.connections).toHaveLength(1);
    expect(relay.last.isOpen).toBe(true);
  });
});

describe('credentials', () => {
  const token = (expiresAt: number): string => `x.${btoa(JSON.stringify({ exp: expiresAt / 1000 }))}.y`;

  it('[L7] asks again at each connection and before the credential expires, renewing it in band', async () => {
    let asked = 0;
    const clockStart = new ManualClock().now();
    const { clock, relay } = await openScene(tokenCredential(() => Promise.resolve(token(clockStart + ++asked * 600_000))));
    for (let minute = 0; minute < 10; minute += 1) {
      await clock.advance(60_000 / 3);
      relay.last.send({ type: 'pong', serverTime: clock.now() });
      await clock.advance(60_000 / 3);
      relay.last.send({ type: 'pong', serverTime: clock.now() });
      await clock.advance(60_000 / 3);
      relay.last.send({ type: 'pong', serverTime: clock.now() });
    }

    expect(relay.connections).toHaveLength(1);
    expect(relay.last.all('auth').map(({ credential }) => credential)).toEqual([{ kind: 'bearer', token: token(clockStart + 1_200_000) }]);
    relay.last.close(1006);
    await clock.advance(500);
    expect(asked).toBe(3);
  });

  it('[L7] signs out when there is no new credential to be had', async () => {
    let asked = 0;
    const start = new ManualClock().now();
    const { clock, relay, link } = await openScene(() =>
      Promise.resolve(asked++ === 0 ? { ...anyone, expiresAt: start + 20_000 } : undefined),
    );

    await clock.advance(10_000);

    expect(relay.last.isOpen).toBe(false);
    expect(link.state).toEqual({ state: 'stopped', why: 'signed-out', code: 4401 });
  });

  it('[L7] treats a credential that cannot be asked for as a relay out of reach', async () => {
    let asked = 0;
    const { clock, relay } = scene(() => (asked++ < 3 ? Promise.reject(new Error('no token service')) : Promise.resolve(anyone)));

    await clock.advance(60_000);

    expect(relay.connections.length).toBeGreaterThan(0);
  });
});

describe('frames', () => {
  it('[L8] puts messages in parts together', async () => {
    const { relay, heard } = await openScene();
    const documents = new Uint8Array(700_000);
    const page: RelayMessage = {
      type: 'page',
      collection: 1,
      head: 1 as never,
      chain: new Uint8Array(8),
      next: undefined,
      encoding: 0,
      documents,
    };

    relay.last.sendFrames(...toFrames(encodeRelayMessage(page), 7));

    expect(heard).toEqual(['open', 'page']);
  });

  it('[L8] sends what is larger than a frame in parts', async () => {
    const { relay, send } = await openScene();

    send({ type: 'push', collection: 1, writer: 1, ref: 1 as never, document: 1, bytes: new Uint8Array(900_000) });

    expect(relay.last.all('push')[0]?.bytes).toHaveLength(900_000);
  });

  it('[L8] ends a connection that sends bytes which are no message, and connects again', async () => {
    const { clock, relay } = await openScene();

    relay.last.sendFrames(new Uint8Array([250, 1, 2]));
    await clock.advance(500);

    expect(relay.connections[0]?.isOpen).toBe(false);
    expect(relay.connections).toHaveLength(2);
  });

  it('[L8] speaks on the connection that was opened, never on a later one', async () => {
    const clock = new ManualClock();
    const relay = new ScriptedRelay(clock);
    const speakers: ((message: ClientMessage) => void)[] = [];
    const nothing = (): void => undefined;
    const hello = (): { appSchema: number; device: string; name: string } => ({ appSchema: 1, device: 'device', name: 'Ada' });
    createLink(
      {
        connect: relay.connect,
        clock,
        random: strongRandom,
        credential: () => Promise.resolve(anyone),
        network: new SwitchedNetwork(),
        hello,
      },
      { onState: nothing, onOpen: (_, send) => speakers.push(send), onMessage: nothing, onLost: nothing, onClockOffset: nothing },
    );
    await clock.advance(0);
    relay.welcome();
    relay.last.close(1006);
    await clock.advance(500);
    relay.welcome();

    for (const send of speakers) send({ type: 'leave', collection: speakers.indexOf(send) + 1 });

    expect(relay.last.all('leave')).toEqual([{ type: 'leave', collection: 2 }]);
  });

  it('[L8] hears nothing of a connection it has given up', async () => {
    const { relay, link, heard } = await openScene();
    const { last } = relay;
    link.fail('for the test');

    last.sendFrames(
      encodeRelayMessage({ type: 'define', table: 'collection', handle: 1, collection: 0, name: 'A'.repeat(22) as CollectionId }),
      encodeRelayMessage(gone(1)),
    );

    expect(heard).toEqual(['open', 'lost']);
  });
});
