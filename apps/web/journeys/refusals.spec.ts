import { expect, expectAccessible, test } from './fixture.ts';
import { chooseAct, labelled, looks, openReview, photograph, useUpDetections } from './detection-steps.ts';
import { picture } from './picture.ts';
import { thing } from './vision.ts';

const shelf = ['Brass lamp', 'Radio', 'Cardboard box'].map((name, at) => thing(name, 0.9, { x: at / 3, y: 0.1, width: 0.3, height: 0.7 }));

test('[J73] where the service says no, a photo says why, what was charged and what can be done: by hand, or by reading text', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Living room' });
  const { page } = anna;
  await vision.next({ blocked: 'picture' });
  await photograph(anna, picture('private.png', { hue: 30 }));
  await expect(looks(page)).toContainText('The service will not look at this photo. Nothing was charged.');
  await expectAccessible(page);
  await chooseAct(looks(page), 'Fill in by hand');
  await expect(anna.detail.getByText('Not analysed')).toBeVisible();
  await anna.type('Name', 'Painting');
  await expect(looks(page), 'what it is called is told at once').toContainText('Painting');
  await chooseAct(anna.detail, 'Don’t analyse');
  await expect(looks(page)).toHaveCount(0);
  await expect(anna.row('Painting').locator('img')).toBeVisible();

  await vision.next({ blocked: 'answer' });
  await photograph(anna, await labelled(page.context(), 'Walden Pond', 'Printed in Boston'));
  await looks(page).getByRole('button', { name: 'Read text here' }).click();
  await openReview(anna, '1 thing found — review');
  await expect(page.getByText('Read on this device: text and barcodes only')).toBeVisible();
  await expect(page.getByLabel('Name of 1', { exact: true })).toHaveValue(/Walden Pond/i);
  await expect(page.getByLabel(/^Something wrong or missing/), 'who only reads follows no words').toHaveCount(0);
});

test('[J73] whoever has asked too often is told by the server when it goes on, and it goes on by itself', async ({ visit, app }) => {
  const anna = await visit({ as: 'Anna', collection: 'Living room' });
  const { page } = anna;
  await useUpDetections(anna, 99);
  // What would end in a quarter of an hour ends in a quarter of a minute; with the hundredth the relay remembers the end itself.
  const [{ end }] = (await app.bySql(`update rate_limits set expire = extract(epoch from now()) * 1000 + 15000 where key like 'detection:%'
    returning expire::float8 as end`)) as [{ end: number }];
  await useUpDetections(anna, 1);
  const asked = (await app.vision.seen()).length;
  await app.vision.next({ items: shelf });
  await photograph(anna, picture('shelf.png', { hue: 60 }));
  const told = looks(page).getByText(/^Will be analysed from \d\d:\d\d on$/);
  await expect(told).toBeVisible();
  await expect(looks(page)).toContainText('Many photos were analysed in a short while. It goes on by itself.');
  const [, hours = '', minutes = ''] = /(\d\d):(\d\d)/.exec(await told.innerText()) ?? [];
  expect(Math.abs(new Date(end).setHours(Number(hours), Number(minutes), 0, 0) - end)).toBeLessThanOrEqual(61_000);
  expect((await app.vision.seen()).length, 'what is over the limit goes to no service').toBe(asked);
  await expectAccessible(page);

  await openReview(anna, '3 things found — review');
  expect((await app.vision.seen()).length).toBe(asked + 1);
});

test('[J73] where the service is away and nothing is written on a photo its review says so once, and above what was found that nothing has changed', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Books' });
  const { page } = anna;
  await vision.next({ status: 503 });
  await photograph(anna, picture('ball.png', { hue: 30 }));
  await expect(looks(page)).toContainText('Nothing found', { timeout: 20_000 });
  await chooseAct(looks(page), 'Fill in by hand');
  await expect(page).toHaveURL(/\?item=/);
  const { pathname, searchParams } = new URL(page.url());
  await page.goto(`${anna.origin}${pathname}/review/${searchParams.get('item') ?? ''}`);
  const review = page.getByRole('region', { name: 'Review', exact: true });
  await expect(review.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await expect(review.getByText(/only text and barcodes were read/)).toHaveCount(1);
  await expect(review.getByRole('button', { name: 'Try again' })).toHaveCount(1);
  await expectAccessible(page);

  await vision.next({ items: [thing('Ball', 0.9, { x: 0.1, y: 0.1, width: 0.6, height: 0.4 })] });
  await review.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByLabel('Name of 1')).toHaveValue('Ball');
  await vision.next({ status: 503 });
  await page.getByLabel(/^Something wrong or missing/).fill('It is brown');
  await page.keyboard.press('Enter');
  await expect(review.getByText('The service was away, and nothing has changed.', { exact: false })).toBeVisible();
  await expect(review.getByText('Only read')).toHaveCount(0);
  await expect(page.getByLabel('Name of 1')).toHaveValue('Ball');
});

test('[J73] while the service is away its server reads what is written, free of charge, and the photo may be looked at again', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Books' });
  const { page } = anna;
  await vision.next({ status: 503 });
  await photograph(anna, await labelled(page.context(), 'Walden Pond', 'Printed in Boston'));
  await openReview(anna, '1 thing found — review');
  await expect(page.getByText(/^Read by your server: text and barcodes only/)).toBeVisible();
  await expect(page.getByLabel('Name of 1')).toHaveValue(/Walden Pond/i);
  await expect(page.getByText(/Nothing was charged; try again for more/)).toBeVisible();

  await vision.next({ items: [thing('Walden', 0.9, { x: 0.1, y: 0.1, width: 0.6, height: 0.4 })] });
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByLabel('Name of 1')).toHaveValue('Walden');
  await expect(page.getByText(/^Found by Google Gemini/)).toBeVisible();
});
