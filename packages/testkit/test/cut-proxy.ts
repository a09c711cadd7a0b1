import { connect, createServer, type Socket } from 'node:net';

/** A way to a relay that can be cut: everything under way on it ends at once. */
export interface CutProxy {
  readonly port: number;
  cut(): void;
  close(): Promise<void>;
}

/** Listens on a port of its own and passes bytes on to `target` of this machine. */
export async function openCutProxy(target: number): Promise<CutProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    // Both ends end together; what went wrong is for whoever speaks over them.
    return socket.on('error', () => socket.destroy()).on('close', () => sockets.delete(socket));
  };
  const server = createServer((near) => {
    const far = keep(connect(target, '127.0.0.1'));
    keep(near).on('close', () => far.destroy());
    far.on('close', () => near.destroy());
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: (server.address() as { readonly port: number }).port,
    cut,
    close: () => {
      cut();
      return new Promise((done) => server.close(() => done()));
    },
  };
}
