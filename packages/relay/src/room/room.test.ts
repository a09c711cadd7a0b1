import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { stampAt, type DocumentName, type MemberId, type Seq } from '@cacaw/protocol';
import type { LogFault } from '../adapters/memory/update-log.ts';
import { updateFrame } from '../stock/messages.ts';
import { settle } from '../../test/manual-clock.ts';
import { createWirePair, type NativeClient } from '../../test/native-client.ts';
import { RegisterWriter } from '../../test/register-writer.ts';
import { openScene } from '../../test/room-scene.ts';

const pushed = (client: NativeClient): unknown[] =>
  client
    .of('updates')
    .flatMap((one) => one['updates'] as { seq: number }[])
    .map((one) => one.seq);
const refused = (client: NativeClient): unknown[] => client.of('refused').map((one) => [one['writer'], one['ref'], one['kind']]);
const root = 'root.0';

describe('room: append', () => {
  it('[R20] acks a push to its author and forwards it to the others, only after it was committed', async () => {
    const trace: string[] = [];
    const { guest, id, rows } = await openScene({ probe: (point) => void trace.push(`${point} ${rowsNow()}`) });
    const rowsNow = (): number => rows?.().length ?? 0;
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    const update = new RegisterWriter(77).write('Kitchen');

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: update });
    await settle();

    expect(anna.last('ack')).toMatchObject({ collection: id, writer: 77, ref: 1, seq: 1 });
    expect(ben.last('updates')).toMatchObject({ collection: id, updates: [{ seq: 1, document: root, writer: 77, bytes: update }] });
    expect(anna.of('updates')).toEqual([]);
    expect(trace).toEqual(['guard 0', 'before-append 0', 'after-commit 1', 'before-ack 1', 'before-forward 1']);
  });

  it('[R21] acks a repeat without appending, refuses a jump as a gap', async () => {
    const { guest, id, rows } = await openScene();
    const anna = await guest('anna');
    const writer = new RegisterWriter(77);
    const [one, two] = [writer.write('a', 1), writer.write('b', 2)];

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: one });
    anna.push(id, { writer: 77, ref: 2, document: root, bytes: two });
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: one });
    await settle();
    anna.push(id, { writer: 77, ref: 2, document: root, bytes: two });
    anna.push(id, { writer: 77, ref: 4, document: root, bytes: writer.write('c', 3) });
    await settle();

    expect(anna.of('ack').map((ack) => [ack['ref'], ack['seq']])).toEqual([
      [1, 1],
      [2, 2],
      [1, 1],
      [2, 2],
    ]);
    expect(refused(anna)).toEqual([[77, 4, 'gap']]);
    expect(rows()).toHaveLength(2);
  });

  it('[R22] refuses a repeat with other content: it comes from a copy of the device and was not committed', async () => {
    const { guest, id, rows } = await openScene();
    const [anna, copy] = [await guest('anna'), await guest('anna')];

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('original') });
    await settle();
    copy.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('copy') });
    await settle();

    expect(refused(copy)).toEqual([[77, 1, 'writer-taken']]);
    expect(rows()).toHaveLength(1);
  });

  it('[R23] binds a writer to its member at its first commit and tells anybody else that it is taken', async () => {
    const { guest, id, rows } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('a') });
    await settle();

    ben.push(id, { writer: 77, ref: 2, document: root, bytes: new RegisterWriter(77).write('b') });
    ben.closeWriter(id, 77);
    await settle();
    anna.push(id, {
      writer: 77,
      ref: 2,
      document: 'rows.abcdef.0',
      bytes: new RegisterWriter(77).change((doc) => doc.getArray('r').push([['aaaaaaaa', 0, { n: 'x' }, 5]])),
    });
    await settle();

    expect(refused(ben)).toEqual([[77, 2, 'writer-taken']]);
    expect(ben.last('closed')).toMatchObject({ writer: 77, lastRef: 0 });
    expect(rows().map((row) => row.ref)).toEqual([1, 2]);
  });

  it('[R24] closes a writer at its last ref and accepts nothing later of it, ever', async () => {
    const { guest, id, rows } = await openScene();
    const anna = await guest('anna');
    const writer = new RegisterWriter(77);
    const [one, two] = [writer.write('a', 1), writer.write('b', 2)];

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: one });
    anna.closeWriter(id, 77);
    anna.push(id, { writer: 77, ref: 2, document: root, bytes: two });
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: one });
    anna.closeWriter(id, 78);
    await settle();

    expect(anna.of('closed').map((one) => [one['writer'], one['lastRef']])).toEqual([
      [77, 1],
      [78, 0],
    ]);
    expect(refused(anna)).toEqual([[77, 2, 'writer-taken']]);
    expect(anna.of('ack').map((ack) => ack['ref'])).toEqual([1, 1]);
    expect(rows()).toHaveLength(1);
  });

  it('[R25] stores nothing the guard refuses, says why, and takes no later ref of that writer', async () => {
    const { guest, id, rows, clock } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    const hostile = new RegisterWriter(77).change((doc) => doc.getMap('other').set('a', 1));
    const early = new RegisterWriter(88).write('from tomorrow', stampAt(clock.now() + 86_400_000));

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: hostile });
    anna.push(id, { writer: 77, ref: 2, document: root, bytes: new RegisterWriter(77).write('honest') });
    anna.push(id, { writer: 88, ref: 1, document: root, bytes: early });
    anna.push(id, { writer: 99, ref: 1, document: root, bytes: Uint8Array.of(1, 2, 3) });
    anna.push(id, { writer: 99, ref: 1, document: 'free.notebook.0', bytes: Uint8Array.of(0, 0) });
    await settle();

    expect(refused(anna)).toEqual([
      [99, 1, 'rule'],
      [77, 1, 'rule'],
      [77, 2, 'gap'],
      [88, 1, 'clock'],
      [99, 1, 'rule'],
    ]);
    expect(rows()).toEqual([]);
    expect(pushed(ben)).toEqual([]);
  });

  it('[R26] takes an edit of a note only when Yjs itself can apply it', async () => {
    const { guest, id, rows } = await openScene();
    const anna = await guest('anna');
    const note = new RegisterWriter(77);
    const first = note.change((doc) => doc.getText('n/aaaaaaaa').insert(0, 'hello'));
    const tooLong = new RegisterWriter(78).change((doc) => doc.getText('n/bbbbbbbb').insert(0, 'x'.repeat(9_000)));

    anna.push(id, { writer: 77, ref: 1, document: 'notes.abcdef.0', bytes: first });
    anna.push(id, { writer: 78, ref: 1, document: 'notes.abcdef.0', bytes: tooLong });
    await settle();
    anna.push(id, {
      writer: 77,
      ref: 2,
      document: 'notes.abcdef.0',
      bytes: note.change((doc) => doc.getText('n/aaaaaaaa').insert(5, ' there')),
    });
    await settle();

    expect(refused(anna)).toEqual([[78, 1, 'rule']]);
    const doc = new Y.Doc();
    for (const row of rows()) Y.applyUpdate(doc, row.bytes);
    expect(doc.getText('n/aaaaaaaa').toJSON()).toBe('hello there');
  });

  it('[R27] refuses an edit of another generation, of a viewer, and of an app too old for the collection', async () => {
    const { guest, id, database, access, clock } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    access.setRole(id, 2 as MemberId, 'viewer');

    anna.push(id, { writer: 77, ref: 1, document: 'root.1', bytes: new RegisterWriter(77).write('a') });
    ben.push(id, { writer: 78, ref: 1, document: root, bytes: new RegisterWriter(78).write('b') });
    await clock.advance(1_000);
    const collection = database.collections.get(id)!;
    collection.state = { ...collection.state, minimumSchema: 2 };
    anna.push(id, { writer: 79, ref: 1, document: root, bytes: new RegisterWriter(79).write('c') });
    await settle();

    expect(refused(anna)).toEqual([
      [77, 1, 'generation'],
      [79, 1, 'schema'],
    ]);
    expect(refused(ben)).toEqual([[78, 1, 'role']]);
    expect(ben.last('access')).toMatchObject({ role: 'viewer' });
  });

  it('[R28] gives every occupant every row after its head exactly once and in order, however joins and pushes interleave', async () => {
    const { guest, id, rows, relay, connect, secret } = await openScene();
    const writers = await Promise.all(Array.from({ length: 4 }, (_, index) => guest(`writer ${index}`)));
    const late: NativeClient[] = [];

    for (let round = 0; round < 20; round += 1) {
      writers.forEach((client, index) =>
        client.push(id, {
          writer: 100 + round * 10 + index,
          ref: 1,
          document: root,
          bytes: new RegisterWriter(100 + round * 10 + index).write(`${round}`, round + 1),
        }),
      );
      const joining = await connect(relay, `late ${round}`);
      joining.join(id, { secret });
      late.push(joining);
    }
    await settle();

    const all = rows().map((row) => row.seq);
    expect(all).toHaveLength(80);
    for (const client of writers) {
      const heard = client.heard.flatMap((one) =>
        one.type === 'ack' ? [one['seq']] : one.type === 'updates' ? (one['updates'] as { seq: number }[]).map((update) => update.seq) : [],
      );
      expect(heard).toEqual(all);
    }
    for (const client of late) expect(pushed(client)).toEqual(all.filter((seq) => seq > (client.last('joined')?.['head'] as number)));
  });
});

describe('room: the database is away', () => {
  it('[R30] refuses with busy, keeps the connection and takes the same bytes when the database is back', async () => {
    let fault: LogFault = 'none';
    const { guest, id, rows, clock } = await openScene({ fault: () => fault });
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    const bytes = new RegisterWriter(77).write('a');

    fault = 'fail';
    anna.push(id, { writer: 77, ref: 1, document: root, bytes });
    anna.pull(id);
    anna.closeWriter(id, 66);
    await clock.advance(3_000);
    expect(refused(anna)).toEqual([[77, 1, 'busy']]);
    expect([anna.closed, ben.closed]).toEqual([undefined, undefined]);
    fault = 'none';
    anna.push(id, { writer: 77, ref: 1, document: root, bytes });
    await clock.advance(1_000);

    expect(anna.last('ack')).toMatchObject({ ref: 1, seq: 1 });
    expect(anna.of('page')).toHaveLength(1);
    expect(anna.last('closed')).toMatchObject({ writer: 66 });
    expect(pushed(ben)).toEqual([1]);
    expect(rows()).toHaveLength(1);
  });

  it('[R31] recognises what did commit although the answer was lost, and the others still see it', async () => {
    let isLost = true;
    const { guest, id, rows, clock } = await openScene({ fault: (point) => (isLost && point === 'after-commit' ? 'fail' : 'none') });
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    const bytes = new RegisterWriter(77).write('a');

    anna.push(id, { writer: 77, ref: 1, document: root, bytes });
    await settle();
    expect(refused(anna)).toEqual([[77, 1, 'busy']]);
    expect(rows()).toHaveLength(1);
    isLost = false;
    anna.push(id, { writer: 77, ref: 1, document: root, bytes });
    await clock.advance(1_000);

    expect(anna.of('ack').map((ack) => ack['seq'])).toEqual([1]);
    expect(pushed(anna)).toEqual([]);
    expect(pushed(ben)).toEqual([1]);
    expect(rows()).toHaveLength(1);
  });

  it('[R32] shows everybody what committed with a lost answer within a second, even when nobody pushes again', async () => {
    let isLost = true;
    const { guest, id, clock } = await openScene({ fault: (point) => (isLost && point === 'after-commit' ? 'fail' : 'none') });
    const [anna, ben] = [await guest('anna'), await guest('ben')];

    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('a') });
    await settle();
    isLost = false;
    await clock.advance(1_100);

    expect(pushed(ben)).toEqual([1]);
    expect(pushed(anna)).toEqual([1]);
  });
});

describe('room: another log', () => {
  it('[R33] sends everybody away when the log it follows was replaced, and reads them against the new one', async () => {
    const { guest, id, secret, database, clock, relay, connect } = await openScene();
    const anna = await guest('anna');
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('a', 1) });
    await settle();
    const backup = database.copy();
    anna.push(id, { writer: 78, ref: 1, document: root, bytes: new RegisterWriter(78).write('b', 2) });
    await settle();
    const { lineage, chain } = database.collections.get(id)!.state;

    database.restore(backup);
    await clock.advance(1_100);
    expect(anna.closed?.code).toBe(1013);
    const again = await connect(relay, 'anna');
    again.join(id, { secret, cursor: { lineage, seq: 2 as Seq, chain } });
    await settle();

    expect(again.last('joined')).toMatchObject({ head: 1, reconcile: true });
  });

  it('[R34] asks a reconciling device for what the log has lost, appends it, and then needs nothing more', async () => {
    const { guest, id, database, rows, clock } = await openScene();
    const writer = new RegisterWriter(77);
    const anna = await guest('anna');
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: writer.write('a', 1) });
    await settle();
    const backup = database.copy();
    anna.push(id, { writer: 77, ref: 2, document: root, bytes: writer.write('b', 2) });
    await settle();
    database.restore(backup);
    await clock.advance(1_100);
    const [back, ben] = [await guest('anna'), await guest('ben')];

    back.state(id, root, Y.encodeStateVector(writer.doc));
    back.pull(id, { maxBytes: 1 });
    await settle();
    const need = back.last('need');
    expect(need).toMatchObject({ document: root });
    expect(back.heard.at(-1)?.type).toBe('page');
    back.repair(id, root, Y.encodeStateAsUpdate(writer.doc, need!['stateVector'] as Uint8Array));
    back.state(id, root, Y.encodeStateVector(writer.doc));
    back.pull(id, { maxBytes: 1 });
    await settle();

    expect(back.of('need')).toHaveLength(1);
    expect(rows()).toHaveLength(2);
    expect(pushed(ben)).toEqual([2]);
    const replay = new Y.Doc();
    for (const row of rows()) Y.applyUpdate(replay, row.bytes);
    expect(replay.getArray('r').toArray()).toEqual(writer.doc.getArray('r').toArray());
  });
});

describe('room: several relays', () => {
  it('[R35] two relays on one database see each other within a second with every hint lost, and keep one order', async () => {
    const scene = await openScene({ areHintsLost: true });
    const other = scene.newRelay();
    const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben', other)];

    for (let index = 0; index < 10; index += 1) {
      anna.push(scene.id, { writer: 100 + index, ref: 1, document: root, bytes: new RegisterWriter(100 + index).write('a', index + 1) });
      ben.push(scene.id, { writer: 200 + index, ref: 1, document: root, bytes: new RegisterWriter(200 + index).write('b', index + 1) });
    }
    await scene.clock.advance(1_100);

    const heard = (client: NativeClient): unknown[] =>
      client.heard.flatMap((one) =>
        one.type === 'ack' ? [one['seq']] : one.type === 'updates' ? (one['updates'] as { seq: number }[]).map((update) => update.seq) : [],
      );
    expect(heard(anna)).toEqual(scene.rows().map((row) => row.seq));
    expect(heard(ben)).toEqual(heard(anna));
    expect(scene.rows()).toHaveLength(20);
  });

  it('[R36] guards again what another relay has committed in between: one writer never gets two contents', async () => {
    const scene = await openScene({ areHintsLost: true });
    const other = scene.newRelay();
    const [anna, twin] = [await scene.guest('anna'), await scene.guest('anna', other)];

    anna.push(scene.id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('one') });
    twin.push(scene.id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('two') });
    await settle();

    expect(scene.rows()).toHaveLength(1);
    expect([...refused(anna), ...refused(twin)]).toEqual([[77, 1, 'writer-taken']]);
  });

  it('[R36] takes an edit that builds on what another relay has committed and this one has not heard of', async () => {
    const scene = await openScene({ areHintsLost: true });
    const other = scene.newRelay();
    const [anna, ben] = [await scene.guest('anna'), await scene.guest('ben', other)];
    ben.push(scene.id, { writer: 88, ref: 1, document: root, bytes: new RegisterWriter(88).write('first', 1) });
    await settle();
    const hers = new RegisterWriter(77).write('second', 2);
    anna.push(scene.id, { writer: 77, ref: 1, document: root, bytes: hers });
    await settle();
    const his = new RegisterWriter(99, hers).change((doc) => {
      doc.getArray('r').push([['@', 'n', 'third', 3]]);
      doc.getArray('r').delete(0);
    });

    ben.push(scene.id, { writer: 99, ref: 1, document: root, bytes: his });
    await settle();

    expect(refused(ben)).toEqual([]);
    expect(ben.heard.filter((one) => one.type === 'ack' || one.type === 'updates').map((one) => one.type)).toEqual([
      'ack',
      'updates',
      'ack',
    ]);
    expect(scene.rows().map((row) => row.writer)).toEqual([88, 77, 99]);
  });

  it('[R37] a removal or a deletion reaches open connections within a second, and nothing commits after it', async () => {
    const { guest, id, access, clock, rows } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];

    access.setRole(id, 2 as MemberId, 'none');
    ben.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('late') });
    await clock.advance(1_100);
    expect(ben.last('gone')).toMatchObject({ reason: 'removed' });
    access.setGone(id, 'deleted');
    anna.push(id, { writer: 78, ref: 1, document: root, bytes: new RegisterWriter(78).write('late') });
    await clock.advance(1_100);

    expect(anna.last('gone')).toMatchObject({ reason: 'deleted' });
    expect(rows()).toEqual([]);
  });

  it('[A24] a change of rights is told at once when the room hears of it, not only when it looks', async () => {
    const { guest, id, access, relay } = await openScene();
    const [anna, ben] = [await guest('anna'), await guest('ben')];

    access.setRole(id, 1 as MemberId, 'viewer');
    access.setRole(id, 2 as MemberId, 'none');
    relay.look(id);
    await settle();

    expect(anna.last('access')).toMatchObject({ role: 'viewer' });
    expect(ben.last('gone')).toMatchObject({ reason: 'removed' });
  });

  it('[R37] lets nobody in who was removed while joining, and shows them nothing later', async () => {
    let onRead = (): void => undefined;
    const { guest, id, secret, access, clock, relay, connect } = await openScene({
      fault: (point) => {
        if (point === 'read') onRead();
        return 'none';
      },
    });
    const [anna, ben] = [await guest('anna'), await guest('ben')];
    ben.close();
    await settle();
    const again = await connect(relay, 'ben');
    onRead = () => {
      onRead = () => undefined;
      access.setRole(id, 2 as MemberId, 'none');
    };

    again.join(id, { secret });
    await clock.advance(2_100);
    anna.push(id, { writer: 78, ref: 1, document: root, bytes: new RegisterWriter(78).write('secret') });
    await clock.advance(2_100);

    expect(again.of('updates')).toEqual([]);
    expect(again.last('gone')).toMatchObject({ reason: 'removed' });
  });
});

describe('room: pages', () => {
  it('[R38] answers a pull with documents up to a fixed head, root first, and goes on from next on another connection', async () => {
    const { guest, id } = await openScene();
    const anna = await guest('anna');
    for (let index = 0; index < 6; index += 1) {
      const bytes = new RegisterWriter(100 + index).change((doc) => doc.getArray('r').push([['aaaaaaaa', 0, { n: 'x'.repeat(150) }, 5]]));
      anna.push(id, { writer: 100 + index, ref: 1, document: `rows.shard${index}.0`, bytes });
    }
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('a') });
    await settle();
    const ben = await guest('ben');
    ben.pull(id, { maxBytes: 200, order: ['rows.shard4.0'] });
    await settle();
    const first = ben.last('page');
    anna.push(id, { writer: 78, ref: 1, document: root, bytes: new RegisterWriter(78).write('later', 9) });
    const again = await guest('ben');

    const names: unknown[] = (first!['documents'] as { document: DocumentName }[]).map((one) => one.document);
    for (let next = first?.['next'] as Uint8Array | undefined; next !== undefined;) {
      again.pull(id, { maxBytes: 200, next });
      await settle();
      const page = again.last('page');
      expect(page).toMatchObject({ head: 7 });
      names.push(...(page!['documents'] as { document: DocumentName }[]).map((one) => one.document));
      next = page?.['next'] as Uint8Array | undefined;
    }

    expect([...new Set(names)]).toEqual([
      'root.0',
      'rows.shard4.0',
      'rows.shard0.0',
      'rows.shard1.0',
      'rows.shard2.0',
      'rows.shard3.0',
      'rows.shard5.0',
    ]);
    expect(names).toHaveLength(new Set(names).size);
  });

  it('[R39] leaves free documents out of pages and out of the content of the tail, never out of its order', async () => {
    const { guest, id, relay, secret, rows } = await openScene();
    const anna = await guest('anna');
    const { near, far } = createWirePair();
    relay.acceptStock(far, { collection: id, base: 'free.notebook', secret });
    const free = new RegisterWriter(5).change((doc) => doc.getText('t').insert(0, 'a page of its own'));
    near.send(updateFrame(free));
    await settle();
    anna.push(id, { writer: 77, ref: 1, document: root, bytes: new RegisterWriter(77).write('a') });
    await settle();
    anna.pull(id);
    await settle();
    const ben = await guest('ben');

    expect(rows().map((row) => row.bytes.length > 2)).toEqual([true, true]);
    expect(
      anna
        .of('updates')
        .flatMap((one) => one['updates'] as { seq: number; bytes: Uint8Array }[])
        .map((one) => [one.seq, [...one.bytes]]),
    ).toEqual([[1, [0, 0]]]);
    expect((anna.last('page')!['documents'] as { document: string }[]).map((one) => one.document)).toEqual([root]);
    expect(ben.last('joined')).toMatchObject({ head: 2, changed: 1 });
  });
});
