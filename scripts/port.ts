import { createServer } from 'node:net';

const defaultPort = 4747;

/**
 * Returns the port to listen on: the one asked for, else 4747. Throws naming PORT when it is taken.
 * `PORT=0` means any free port.
 */
export async function findPort(host: string, asked: string | undefined): Promise<number> {
  const port = asked === undefined || asked === '' ? defaultPort : Number(asked);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`PORT is "${asked}"; it must be a number from 0 to 65535.`);
  const free = await listenOnce(host, port);
  if (free !== undefined) return free;
  throw new Error(
    `Port ${port} on ${host} is taken by another program. Stop it, or choose another with PORT, for example: PORT=${port + 1} npm start`,
  );
}

function listenOnce(host: string, port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else
        reject(
          new Error(`Cannot listen on ${host}:${port} (${error.code}). Set HOST and PORT to an address of this machine.`, { cause: error }),
        );
    });
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}
