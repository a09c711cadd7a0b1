import { readFile } from 'node:fs/promises';
import { expect, expectAccessible, test } from './fixture.ts';
import { learningOf, openCollectionSettings, openReview, photograph, proposal } from './detection-steps.ts';
import { picture } from './picture.ts';
import { thing } from './vision.ts';

const card = thing('Charizard', 0.9, { x: 0.1, y: 0.1, width: 0.5, height: 0.5 }, { series: 'Base Set' });

test('[J74] what a person corrects in a collection that learns goes along with its next photo, is theirs to download, and gone once unticked', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Binder' });
  const { page } = anna;
  const kept = learningOf(anna);
  await openCollectionSettings(anna);
  await page.getByLabel('Learn from what I correct').check();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect.poll(kept).toEqual({ isOn: true, lessons: 0 });

  await vision.next({ items: [card] });
  await photograph(anna, picture('card.png', { hue: 30 }));
  await openReview(anna, '1 thing found — review');
  await page.getByRole('button', { name: 'More of Charizard' }).click();
  await proposal(page, /^1/).getByLabel('Series').fill('Jungle');
  await proposal(page, /^1/).getByLabel('Series').press('Tab');
  await page.getByRole('button', { name: 'Save 1' }).click();
  await expect.poll(kept).toEqual({ isOn: true, lessons: 1 });

  await vision.next({ items: [card] });
  await photograph(anna, picture('another.png', { hue: 200 }));
  await openReview(anna, '1 thing found — review');
  expect((await vision.seen()).at(-1)?.prompt).toContain(
    'Earlier in this collection {"name":"Charizard","series":"Base Set"} was corrected to {"series":"Jungle"}',
  );

  await anna.openItems();
  await openCollectionSettings(anna);
  const begun = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download what was decided' }).click();
  const zip = await readFile(await (await begun).path());
  expect(zip.subarray(0, 2).toString()).toBe('PK');
  expect(zip.toString('latin1')).toContain('gemini.jsonl');
  await page.getByLabel('Learn from what I correct').uncheck();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect.poll(kept).toEqual({ isOn: false, lessons: 0 });
});
