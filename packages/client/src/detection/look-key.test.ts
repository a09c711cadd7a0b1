import type { ItemRow } from '@cacaw/core';
import { readRows, sealOf } from '@cacaw/core/device';
import { createBundleWriter } from '@cacaw/core/transfer';
import { bytesToBase64url, type ItemId } from '@cacaw/protocol';
import { expect, test } from 'vitest';
import { anna, answerAsRelay, createHome, TestBrowser } from '../../test/browser.ts';
import { hashOf, lookBy, photoOf } from '../../test/looks.ts';
import { lookKeyOf } from './look-sealing.ts';

const bytes = Uint8Array.from({ length: 32 }, (_, at) => 200 - at);
const text = bytesToBase64url(bytes);

test('[L136] the key of an account’s looks seals them and is told to nobody: to no tab, in no store, frame, request, report, error or export', async () => {
  const browser = new TestBrowser();
  browser.lookKey = text;
  const leader = await browser.open();
  const other = (await browser.open()).cacaw;
  const home = await createHome(leader.cacaw);
  await leader.cacaw.share(home);
  const connection = await answerAsRelay(browser);
  const drafts = [{ name: 'Shelf photo', photos: [photoOf(1)], look: lookBy(anna) }];
  const { items } = await other.run({ type: 'addItems', collection: home, drafts });
  const item = items[0] as ItemId;
  await browser.clock.advance(2_000);
  const rows: ItemRow[] = [];
  for await (const found of readRows(leader.store, home)) rows.push(...found);
  const { at = 0, seals } = rows[0]?.look ?? {};

  expect(seals).toEqual([sealOf({ account: anna, key: bytes }, { collection: home, item, by: anna, prompt: '', at, photo: hashOf(1) })]);
  const writer = createBundleWriter({ update: () => undefined, digest: () => '' });
  const kept = await leader.store.read(['settings', 'items', 'pending', 'confirmed', 'commands', 'journal'], (tx) =>
    Promise.all((['settings', 'items', 'pending', 'confirmed', 'commands', 'journal'] as const).map((name) => tx.range(name, {}))),
  );
  const outside = {
    kept,
    frames: connection.received,
    requests: browser.http.heard.map(({ path, body, init }) => ({ path, body, headers: init.headers })),
    tabs: browser.said,
    told: [await other.onlyHere(), await other.detectionSettings()],
    errors: browser.errors.map(String),
    exported: writer.items(rows),
  };
  expect(connection.received.length).toBeGreaterThan(0);
  const said = JSON.stringify(outside, (_, value: unknown) =>
    value instanceof Uint8Array ? new TextDecoder('latin1').decode(value) : value,
  );
  expect(said).toContain(seals?.[0]);
  for (const form of [
    text,
    Buffer.from(bytes).toString('hex'),
    Buffer.from(bytes).toString('latin1'),
    JSON.stringify([...bytes]).slice(1, -1),
  ])
    expect(said).not.toContain(form);
});

test('[L136] what is no key, or nobody’s, seals nothing', () => {
  expect(lookKeyOf({ account: anna, lookKey: text })).toEqual({ account: anna, key: bytes });
  for (const lookKey of [undefined, '', 'a'.repeat(42), `${'a'.repeat(42)}!`, `${text}a`])
    expect(lookKeyOf({ account: anna, lookKey })).toBeUndefined();
  for (const account of [null, undefined]) expect(lookKeyOf({ account, lookKey: text })).toBeUndefined();
});
