import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generatedSections, shapesHash, withGeneratedSections } from '../test/protocol-document.ts';
import { protocolVersion, subprotocol } from './protocol-version.ts';

/** One line per version ever released: changing a shape means adding a line here, never editing one. */
const hashes: Readonly<Record<number, string>> = {
  1: 'c252755587c7d85415da8555625dea8ecdcb1b6164f868c0e27fdb40704972ec',
};

describe('the protocol version', () => {
  it('[F11] is pinned to the shape of every message', () => {
    expect(shapesHash()).toBe(hashes[protocolVersion]);
    expect(subprotocol).toBe(`cacaw.${protocolVersion}`);
  });

  it('[F12] is described by PROTOCOL.md as the tables stand', () => {
    const document = readFileSync(new URL('../PROTOCOL.md', import.meta.url), 'utf8');
    expect(document).toBe(withGeneratedSections(document));
    for (const section of Object.values(generatedSections())) expect(document).toContain(section);
  });
});
