import { createHash } from 'node:crypto';
import type { AccountId, ItemId, PresenceState } from '@cacaw/protocol';
import { describe, expect, it } from 'vitest';
import { ManualClock } from '../test/manual-clock.ts';
import { accountOf } from '../test/scripted-relay.ts';
import type { Person } from './cacaw.ts';
import type { Conversation, PresenceEvent } from './exchange.ts';
import { createPresence, type Presence } from './presence.ts';

interface Scene {
  readonly clock: ManualClock;
  readonly presence: Presence;
  readonly told: { readonly at: number; readonly state: PresenceState }[];
  readonly lists: (readonly Person[])[];
  readonly conversation: Conversation;
}

const me = accountOf('me');
const row = createHash('sha1').update('row').digest('hex').slice(0, 14) as ItemId;

function scene(): Scene {
  const clock = new ManualClock();
  const told: Scene['told'] = [];
  const lists: Scene['lists'] = [];
  const presence = createPresence({ clock, onPeople: (people) => lists.push(people) });
  const never = (): never => {
    throw new Error('Presence only presents.');
  };
  const present = (state: PresenceState): void => void told.push({ at: clock.now(), state });
  const conversation = { join: never, leave: never, pull: never, push: never, closeWriter: never, state: never, repair: never, present };
  return { clock, presence, told, lists, conversation };
}

const at = (item: ItemId | '', field = '', tab = 'one'): PresenceState => ({ tab, item, field });
const event = (account: AccountId, name: string, rest: Partial<PresenceEvent> = {}): PresenceEvent => ({
  type: 'presence',
  account,
  name,
  present: true,
  tab: 'one',
  item: '',
  field: '',
  ...rest,
});

describe('own presence', () => {
  it('[L40] is sent at most five times a second, the newest word last', async () => {
    const { clock, presence, told, conversation } = scene();
    presence.begin(conversation, me);

    for (let move = 0; move < 100; move += 1) {
      presence.present(at(row, `field ${move}`));
      await clock.advance(10);
    }
    await clock.advance(1000);

    const gaps = told.slice(1).map(({ at: sentAt }, index) => sentAt - (told[index]?.at ?? 0));
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200);
    expect(told.at(-1)?.state.field).toBe('field 99');
  });

  it('[L40] is renewed every 15 s while the tab shows the collection', async () => {
    const { clock, presence, told, conversation } = scene();
    presence.begin(conversation, me);
    presence.present(at(row));

    await clock.advance(60_000);
    expect(told).toHaveLength(5);

    presence.absent('one');
    await clock.advance(60_000);
    expect(told.slice(5).map(({ state }) => state.tab)).toEqual(['']);
  });

  it('[L40] is the word of a tab that is left when another goes', async () => {
    const { clock, presence, told, conversation } = scene();
    presence.begin(conversation, me);
    presence.present(at(row, 'name', 'one'));
    await clock.advance(1000);
    presence.present(at(row, 'price', 'two'));
    await clock.advance(1000);

    presence.absent('two');
    presence.absent('never there');
    await clock.advance(1000);

    expect(told.map(({ state }) => state.tab)).toEqual(['one', 'two', 'one']);
  });

  it('[L40] is told anew on a new connection, all tabs of it', async () => {
    const { clock, presence, told, conversation } = scene();
    presence.present(at(row, 'name', 'one'));
    presence.present(at('', '', 'two'));
    await clock.advance(10_000);
    expect(told).toEqual([]);

    presence.begin(conversation, me);
    await clock.advance(1000);

    expect(told.map(({ state }) => state.tab)).toEqual(['one', 'two']);
  });
});

describe('people', () => {
  it('[L41] are one entry per account, without ourselves', () => {
    const { presence, lists, conversation } = scene();
    presence.begin(conversation, me);

    presence.hear(event(me, 'Me'));
    presence.hear(event(accountOf('ada'), 'Ada', { tab: 'one', item: row, field: 'name' }));
    presence.hear(event(accountOf('ada'), 'Ada', { tab: 'two', item: row, field: 'price' }));

    expect(presence.people).toEqual([{ account: accountOf('ada'), name: 'Ada', item: row, field: 'price' }]);
    expect(lists).toHaveLength(2);
  });

  it('[L41] vanish when the relay says so, or when the connection does', () => {
    const { presence, conversation } = scene();
    presence.begin(conversation, me);
    presence.hear(event(accountOf('ada'), 'Ada'));
    presence.hear(event(accountOf('ben'), 'Ben'));

    presence.hear(event(accountOf('ada'), 'Ada', { present: false }));
    expect(presence.people.map(({ name }) => name)).toEqual(['Ben']);

    presence.end();
    expect(presence.people).toEqual([]);
  });

  it('[L41] are told only when they differ', () => {
    const { presence, lists, conversation } = scene();
    presence.begin(conversation, me);

    for (let times = 0; times < 5; times += 1) presence.hear(event(accountOf('ada'), 'Ada'));

    expect(lists).toHaveLength(1);
  });
});
