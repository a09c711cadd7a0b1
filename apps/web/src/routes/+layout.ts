/** Everything is drawn from this device's own store; there is nothing for a server to render. */
export const ssr = false;
