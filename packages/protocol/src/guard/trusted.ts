import type { ParsedDocumentName } from '../document-name.ts';
import { readContent } from './content.ts';
import { Scan } from './scan.ts';
import { readStructHead, skippedRange } from './struct.ts';
import type { GuardState } from './verdict.ts';

/** The state after one more committed update, or undefined when it is unreadable or does not follow. */
export function trustedStateOf(document: ParsedDocumentName, before: GuardState, bytes: Uint8Array): GuardState | undefined {
  const scan = new Scan(bytes);
  const stateVector = new Map(before.stateVector);
  let births = before.births;
  const blocks = scan.count('writers', Number.MAX_SAFE_INTEGER, 4);
  for (let index = 0; index < blocks && !scan.isOver; index += 1) {
    const block = readBlock(scan, stateVector);
    if (document.kind === 'rows') births += block.births;
    if (block.end > (stateVector.get(block.client) ?? 0)) stateVector.set(block.client, block.end);
  }
  skipDeletes(scan);
  return scan.isOver || scan.reader.remaining > 0 ? undefined : { stateVector, births };
}

function readBlock(scan: Scan, known: ReadonlyMap<number, number>): { client: number; end: number; births: number } {
  const count = scan.count('structs', Number.MAX_SAFE_INTEGER, 2);
  const client = scan.reader.uint();
  let clock = scan.reader.uint();
  const knownEnd = known.get(client) ?? 0;
  if (clock > knownEnd) scan.refuse('G3', `clock ${knownEnd} of writer ${client} is missing`, 'gap');
  let births = 0;
  const countBirth = (value: unknown, at: number): void => {
    if (at >= knownEnd && Array.isArray(value) && value[1] === 0) births += 1;
  };
  for (let index = 0; index < count && !scan.isOver; index += 1) {
    const head = readStructHead(scan, { client, clock });
    if (head.content === skippedRange) scan.refuse('G3', `clock ${clock} of writer ${client} is missing`, 'gap');
    clock += readContent(scan, head.content, { clock, kind: 'any', onElement: countBirth });
  }
  return { client, end: clock, births };
}

function skipDeletes(scan: Scan): void {
  const clients = scan.count('writers with deletions', Number.MAX_SAFE_INTEGER, 2);
  for (let index = 0; index < clients && !scan.isOver; index += 1) {
    scan.reader.uint();
    const ranges = scan.count('deleted ranges', Number.MAX_SAFE_INTEGER, 2);
    for (let range = 0; range < ranges && !scan.isOver; range += 1) {
      scan.reader.uint();
      scan.reader.uint();
    }
  }
}
