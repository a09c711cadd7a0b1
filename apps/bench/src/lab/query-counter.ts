import { connect, createServer, type AddressInfo } from 'node:net';

/** Stands between a relay and its database and counts what is executed. */
export interface QueryCounter extends AsyncDisposable {
  readonly url: string;
  /** Statements executed so far, and those among them that read runs of the log. */
  counts(): { readonly all: number; readonly log: number };
}

/** Forwards to the database of `url`. */
export async function startQueryCounter(url: string): Promise<QueryCounter> {
  const target = new URL(url);
  const totals = { all: 0, log: 0 };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) socket.setNoDelay(true);
    const watch = watchStatements(totals);
    client.on('data', (data) => {
      watch(data);
      upstream.write(data);
    });
    upstream.pipe(client);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('close', () => other.destroy());
      one.on('error', () => other.destroy());
    }
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const through = new URL(url);
  through.port = String((server.address() as AddressInfo).port);
  return {
    url: through.href,
    counts: () => ({ ...totals }),
    async [Symbol.asyncDispose]() {
      await new Promise((done) => server.close(done));
    },
  };
}

/** Reading one row by its key, as a join does to find its cursor again, is no reading of the log. */
const isLogRead = (text: string): boolean => /\bfrom updates u\b/.test(text) && /\bu\.seq >/.test(text);

/** Reads the frontend's half of the protocol: Parse names a statement, Bind a portal of it, Execute runs that. */
function watchStatements(totals: { all: number; log: number }): (data: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  let hasStarted = false;
  let bound = '';
  const texts = new Map<string, string>();
  const take = (type: string, body: Buffer): void => {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (type === 'P') texts.set(first, second);
    if (type === 'B') bound = texts.get(second) ?? '';
    if (type !== 'E' && type !== 'Q') return;
    totals.all += 1;
    if (isLogRead(type === 'E' ? bound : first)) totals.log += 1;
  };
  return (data) => {
    rest = Buffer.concat([rest, data]);
    for (;;) {
      // Only the startup message has no type byte.
      const head = hasStarted ? 1 : 0;
      if (rest.length < head + 4) return;
      const length = head + rest.readUInt32BE(head);
      if (rest.length < length) return;
      if (hasStarted) take(String.fromCharCode(rest[0] ?? 0), rest.subarray(5, length));
      hasStarted = true;
      rest = rest.subarray(length);
    }
  };
}
