import { subprotocol, type Wire } from '@cacaw/protocol';
import { NativeClient } from './native-client.ts';

/** A client on a real WebSocket to a relay on this machine. */
export function connectSocket(port: number): NativeClient {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/sync`, subprotocol);
  socket.binaryType = 'arraybuffer';
  const waiting: Uint8Array[] = [];
  const send = (frame: Uint8Array): void => socket.send(frame as Uint8Array<ArrayBuffer>);
  socket.addEventListener('open', () => waiting.splice(0).forEach(send));
  const wire: Wire = {
    get buffered() {
      return socket.bufferedAmount;
    },
    send: (frame) => void (socket.readyState === WebSocket.CONNECTING ? waiting.push(frame) : send(frame)),
    close: (code, reason) => socket.close(code, reason),
    onFrame: (listener) => socket.addEventListener('message', (event: MessageEvent<ArrayBuffer>) => listener(new Uint8Array(event.data))),
    onClose: (listener) => socket.addEventListener('close', (event) => listener(event.code, event.reason)),
  };
  return new NativeClient(wire);
}
