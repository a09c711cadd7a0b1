import type { Wire } from '@cacaw/protocol';

/** A wire whose frames are shown to `note` on their way. */
export function observedWire(wire: Wire, note: (direction: 'sent' | 'received', frame: Uint8Array) => void): Wire {
  return {
    get buffered() {
      return wire.buffered;
    },
    send(frame) {
      note('sent', frame);
      wire.send(frame);
    },
    close: (code, reason) => wire.close(code, reason),
    onFrame: (listener) =>
      wire.onFrame((frame) => {
        note('received', frame);
        listener(frame);
      }),
    onClose: (listener) => wire.onClose(listener),
  };
}
