/** The version of every shape in `frame-tables.ts`; `hello` says it and the subprotocol name carries it. */
export const protocolVersion = 1;

/** The WebSocket subprotocol of the native lane. */
export const subprotocol: string = `cacaw.${protocolVersion}`;
