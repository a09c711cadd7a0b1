const channel = 'cacaw-confirmed-mail';

/** Tells the tab that waits for it that the address was confirmed in this one. */
export function tellConfirmed(): void {
  const sender = new BroadcastChannel(channel);
  sender.postMessage('confirmed');
  sender.close();
}

/** Calls when another tab of this browser has confirmed an address; returns how to stop. */
export function onConfirmed(listener: () => void): () => void {
  const receiver = new BroadcastChannel(channel);
  receiver.addEventListener('message', listener);
  return () => receiver.close();
}
