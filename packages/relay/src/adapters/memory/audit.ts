import type { AccountId, Clock, CollectionId } from '@cacaw/protocol';
import type { AuditBatch, PendingLine } from '../../audit/buffer.ts';
import { createFlushingAudit } from '../../audit/flushing.ts';
import { decodePlace, encodePlace, type Position } from '../../audit/place.ts';
import { silentObserver } from '../../observer.ts';
import type { AuditLine, AuditLog, AuditPage, AuditPlace } from '../../ports/audit.ts';
import type { MemoryDatabase } from './database.ts';

/** What the audit log in memory needs. */
export interface MemoryAuditOptions {
  readonly clock: Clock;
  readonly keptDays: number;
  readonly mostLines?: number | undefined;
}

interface Kept {
  readonly position: Position;
  readonly line: AuditLine;
}

const dayMs = 24 * 60 * 60 * 1000;
const hourMs = 60 * 60 * 1000;

/** An audit log in memory, for tests and for embedders of one relay. */
export function createMemoryAudit(database: MemoryDatabase, { clock, keptDays, mostLines }: MemoryAuditOptions): AuditLog {
  let events: readonly Kept[] = [];
  const access = new Map<string, Kept>();
  const write = async (batch: AuditBatch): Promise<void> => {
    for (const line of batch.folded) {
      const key = `a${line.kind} ${line.account ?? line.network ?? ''}`;
      const name = `${line.at} ${key} ${line.collection ?? ''}`;
      const known = access.get(name)?.line.count ?? 0;
      access.set(name, { position: { micros: line.at * 1000, key: `${key} ${line.collection ?? ''}` }, line: lineOf(line, known) });
    }
    const first = events.length;
    const added = batch.events.map((line, index) => ({ position: positionOf(line, first + index), line: lineOf(line, 0) }));
    events = [...events, ...added];
  };
  const audit = createFlushingAudit({ clock, observer: silentObserver, write, mostLines });
  const all = (): readonly Kept[] => [...events, ...access.values()];
  return {
    note: (event) => audit.note(event),
    flush: () => audit.flush(),
    close: () => audit.close(),
    async purge() {
      const oldest = clock.now() - keptDays * dayMs;
      events = events.filter(({ line }) => line.at >= oldest);
      for (const [name, { line }] of access) if (line.at < oldest) access.delete(name);
    },
    ofCollection: async (collection, place) =>
      pageOf([...all().filter(({ line }) => line.collection === collection), ...editsOf(database, collection)], place),
    ofAccount: async (account, place) =>
      pageOf(
        all().filter(({ line }) => line.account === account),
        place,
      ),
  };
}

const positionOf = ({ at }: PendingLine, index: number): Position => ({ micros: at * 1000, key: `e${String(index).padStart(19, '0')}` });

const lineOf = ({ at, kind, account, collection, network, count, details }: PendingLine, known: number): AuditLine => ({
  at,
  kind,
  account,
  collection,
  network,
  count: known + count,
  details,
});

function editsOf(database: MemoryDatabase, collection: CollectionId): Kept[] {
  const found = database.collections.get(collection);
  const byHour = Map.groupBy(found?.rows ?? [], ({ receivedAt, member }) => `${receivedAt - (receivedAt % hourMs)} ${member}`);
  return [...byHour.values()].flatMap((rows) => {
    const [first] = rows;
    if (first === undefined) return [];
    const at = first.receivedAt - (first.receivedAt % hourMs);
    const account: AccountId | undefined = found?.members.get(first.member)?.account;
    const details = { first: first.seq, last: rows.at(-1)?.seq ?? first.seq };
    const line: AuditLine = { at, kind: 'edited', account, collection, network: undefined, count: rows.length, details };
    return [{ position: { micros: at * 1000, key: `u${String(first.member).padStart(19, '0')}` }, line }];
  });
}

const isBefore = (one: Position, other: Position): boolean =>
  one.micros < other.micros || (one.micros === other.micros && one.key < other.key);

function pageOf(kept: readonly Kept[], { after, limit }: AuditPlace): AuditPage {
  const position = decodePlace(after);
  const rest = kept.filter((one) => isBefore(one.position, position)).sort((a, b) => (isBefore(a.position, b.position) ? 1 : -1));
  const last = rest.length > limit ? rest[limit - 1] : undefined;
  return { lines: rest.slice(0, limit).map(({ line }) => line), next: last && encodePlace(last.position) };
}
