import { describe, expect, it } from 'vitest';
import type { Scanner } from '../ports/scanner.ts';

/** What a scanner's suite brings. */
export interface ScannerUnderTest {
  /** A scanner that works. */
  readonly working: () => Scanner;
  /** Scanners that cannot look at everything, by what is wrong with them. */
  readonly failing: { readonly [what: string]: () => Scanner | Promise<Scanner> };
  /** Bytes the scanner knows as malware, and what it calls them. */
  readonly malware: { readonly bytes: Uint8Array; readonly signature: RegExp };
}

/** Guarantees of {@link Scanner} for adapters that scan. */
export function scannerContract(name: string, under: ScannerUnderTest): void {
  const harmless = new TextEncoder().encode('a receipt');
  const large = new Uint8Array(8 * 1024 * 1024).fill(7);

  describe(`scanner: ${name}`, () => {
    it('[PH20] what the scanner knows is infected, alone and behind other bytes; everything else is clean', async () => {
      const scanner = under.working();
      const { bytes, signature } = under.malware;

      expect(await scanner.scan(harmless)).toEqual({ verdict: 'clean' });
      expect(await scanner.scan(large)).toEqual({ verdict: 'clean' });
      const alone = await scanner.scan(bytes);
      expect(alone.verdict).toBe('infected');
      expect('signature' in alone ? alone.signature : '').toMatch(signature);
      expect(await scanner.scan(new Uint8Array([...large.subarray(0, 100_000), ...bytes]))).toMatchObject({ verdict: 'infected' });
    });

    it('[PH20] many scans at once each get their own answer', async () => {
      const scanner = under.working();

      const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => scanner.scan(at % 2 === 0 ? harmless : under.malware.bytes)));

      expect(answers.map(({ verdict }) => verdict)).toEqual(answers.map((_, at) => (at % 2 === 0 ? 'clean' : 'infected')));
    });

    for (const [what, open] of Object.entries(under.failing))
      it(`[PH21] nothing is clean when the scanner did not look at all of it: ${what}`, async () => {
        const scanner = await open();

        expect(await scanner.scan(large)).toMatchObject({ verdict: 'unscanned', why: expect.any(String) });
        expect((await scanner.scan(large)).verdict).toBe('unscanned');
      });
  });
}
