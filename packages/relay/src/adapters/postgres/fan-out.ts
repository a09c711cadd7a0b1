import { isCollectionId, type CollectionId } from '@cacaw/protocol';
import type { FanOut } from '../../ports/fan-out.ts';
import type { Sql } from './connection.ts';

const channel = 'cacaw_changed';
const gatherMs = 10;
/** A payload must stay below 8,000 bytes: 22 characters and a comma each. */
const maxIds = 300;

/**
 * Hints over LISTEN and NOTIFY: at most one notification per 10 ms, outside any append, because a notifying commit takes a
 * lock on the whole database. `self` names this relay, so that it does not hear itself.
 */
export async function createPostgresFanOut(sql: Sql, self: string): Promise<FanOut> {
  const fanOut = new NotifyFanOut(sql, self);
  await fanOut.listen();
  return fanOut;
}

class NotifyFanOut implements FanOut {
  readonly #sql: Sql;
  readonly #self: string;
  readonly #listeners = new Set<(collection: CollectionId) => void>();
  readonly #changed = new Set<CollectionId>();
  #timer: NodeJS.Timeout | undefined;
  #unlisten: () => Promise<void> = async () => undefined;

  constructor(sql: Sql, self: string) {
    this.#sql = sql;
    this.#self = self;
  }

  async listen(): Promise<void> {
    const listening = await this.#sql.listen(channel, (payload) => this.#hear(payload));
    this.#unlisten = () => listening.unlisten();
  }

  publish(collection: CollectionId): void {
    this.#changed.add(collection);
    this.#timer ??= setTimeout(() => void this.#tell(), gatherMs);
  }

  subscribe(listener: (collection: CollectionId) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async close(): Promise<void> {
    clearTimeout(this.#timer);
    this.#listeners.clear();
    await this.#unlisten().catch(() => undefined);
  }

  async #tell(): Promise<void> {
    const ids = [...this.#changed].slice(0, maxIds);
    for (const id of ids) this.#changed.delete(id);
    this.#timer = this.#changed.size === 0 ? undefined : setTimeout(() => void this.#tell(), gatherMs);
    // A lost hint costs the others a second, so an outage is not worth more than that.
    await notify(this.#sql, `${this.#self}:${ids.join(',')}`).catch(() => undefined);
  }

  #hear(payload: string): void {
    const [sender, ids = ''] = payload.split(':');
    if (sender === this.#self) return;
    for (const id of ids.split(',').filter(isCollectionId)) for (const listener of this.#listeners) listener(id);
  }
}

const notify = (sql: Sql, payload: string): Promise<object> => sql`select pg_notify(${channel}, ${payload})`;
