import type { Locator } from '@playwright/test';
import { expect, expectAccessible, test } from './fixture.ts';
import { chooseAct, learningOf, looks, openCollectionSettings, openReview, photograph, proposal } from './detection-steps.ts';
import { strip, whiteCorners } from './photo-steps.ts';
import { picture } from './picture.ts';
import { thing } from './vision.ts';

test('[J82] things are found in the photo of an item, where they lie as it is turned, and their own photos come out upright', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna' });
  const { page } = anna;
  await anna.makeCollection('Living room');
  await anna.addItem('Bookcase');
  await anna.openItem('Bookcase');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('case.png', { hue: 150 })]);
  await expect(
    strip(page)
      .or(anna.detail.getByRole('button', { name: /show it large$/ }))
      .first(),
  ).toBeVisible();
  await anna.detail.getByRole('button', { name: 'Turn' }).click();
  await anna.isSynced();
  // The picture has a white mark in its upper left corner, which a quarter turn brings to the upper right.
  await vision.next({
    items: [
      thing('Atlas', 0.9, { x: 0, y: 0, width: 0.5, height: 0.5 }),
      thing('Globe', 0.7, { x: 0.6, y: 0.6, width: 0.3, height: 0.3 }),
      thing('Bookcase', 0.8, { x: 0, y: 0, width: 1, height: 1 }),
    ],
  });
  await anna.detail.getByRole('button', { name: 'More of this photo' }).click();
  await page.getByRole('button', { name: 'Find items in this photo…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Find items in this photo' });
  await expect(dialog.getByText('Each becomes an item of its own, beside “Bookcase”.')).toBeVisible();
  await expect(dialog).toContainText(/\d+ of [\d,]+ analyses used this month/);
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Look at it' }).click();
  await expect(page).toHaveURL(/\/review\//);
  await expect(page.getByRole('checkbox', { name: 'Save Atlas' })).toBeChecked();
  await expect(page.getByRole('heading', { name: 'Shelf photo: Bookcase' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'What was looked at' })).toBeVisible();
  const [frame, atlas] = await Promise.all([page.locator('.side .frame').first().boundingBox(), page.getByTitle('Atlas').boundingBox()]);
  if (!frame || !atlas) throw new Error('The photo and the place of the atlas are on screen.');
  expect(frame.height).toBeGreaterThan(frame.width);
  expect(Math.abs(atlas.x + atlas.width - frame.x - frame.width)).toBeLessThan(4);
  expect(Math.abs(atlas.y - frame.y)).toBeLessThan(4);
  await expectAccessible(page);

  await expect(proposal(page, '3: Bookcase')).toContainText('Possible duplicate of “Bookcase”: same photo');
  await expect(page.getByRole('checkbox', { name: 'Save Bookcase' })).toBeChecked();
  await page.getByRole('checkbox', { name: 'Save Bookcase' }).uncheck();
  await page.getByRole('button', { name: 'Save 2' }).click();
  await expect(page.getByText('2 items saved')).toBeVisible();
  await expect(anna.row('Bookcase')).toHaveCount(1);
  await expect.poll(() => whiteCorners(anna.row('Atlas'))).toEqual(['right']);
  await expect.poll(() => whiteCorners(anna.row('Globe'))).toEqual([]);
  await expect(anna.rows).toHaveCount(3);

  // Of several photos, what is missing is added to the one on screen: the first is turned, the second lies as it is.
  await anna.openItem('Bookcase');
  await anna.detail.getByLabel('Choose photos').setInputFiles([picture('side.png', { hue: 20 })]);
  await expect(strip(page)).toHaveCount(2);
  await vision.next({ items: [thing('Ladder', 0.6, { x: 0, y: 0, width: 0.5, height: 0.5 })] });
  await anna.detail.getByRole('button', { name: 'More of this photo' }).click();
  await page.getByRole('button', { name: 'Find items in this photo…' }).click();
  await dialog.getByRole('radio', { name: 'What “Bookcase” is' }).check();
  await dialog.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('checkbox', { name: 'Save Ladder' })).toBeChecked();
  const isTall = (): Promise<boolean> =>
    page
      .locator('.side .frame')
      .first()
      .evaluate(({ clientWidth, clientHeight }) => clientHeight > clientWidth);
  const photo = (number: number) => page.getByRole('button', { name: `Photo ${number} of 2` });
  for (const number of [1, 2]) {
    await photo(number).click();
    await expect(photo(number)).toHaveAttribute('aria-pressed', 'true');
    await expect.poll(isTall).toBe(number === 1);
  }
  await page.getByRole('button', { name: 'Add something missing' }).click();
  await expect(page.getByRole('textbox', { name: /^Name of/ }).last()).toBeFocused();
  await page.keyboard.type('Hinge');
  await page.getByLabel('Name of 1', { exact: true }).focus();
  await expect(photo(1)).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('checkbox', { name: 'Save Hinge' }).focus();
  await expect(photo(2)).toHaveAttribute('aria-pressed', 'true');
  await page.getByRole('radio', { name: 'Separate items' }).check();
  await page.getByRole('checkbox', { name: /^All / }).uncheck();
  await page.getByRole('checkbox', { name: 'Save Hinge' }).check();
  await page.getByRole('button', { name: 'Save 1', exact: true }).click();
  await expect.poll(() => whiteCorners(anna.row('Hinge'))).toEqual(['left']);
});

test('[J83] what somebody saves none of, in the review or from the list, is learned as rejected, and can be gone through after all', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Binder' });
  const { page } = anna;
  const kept = learningOf(anna);
  const saveNone = async (hue: number): Promise<void> => {
    const box = { x: 0.1, y: 0.1, width: 0.5, height: 0.5 };
    await vision.next({ items: [thing('Charizard', 0.9, box), thing('Pikachu', 0.8, box)] });
    await photograph(anna, picture('card.png', { hue }));
    await openReview(anna, '2 things found — review');
    await page.getByRole('button', { name: 'Don’t save any' }).click();
    await expect(page.getByText('Nothing was saved. The photo stays in the list.').last()).toBeVisible();
    await expect(looks(page)).toHaveCount(0);
  };
  await saveNone(30);
  await openCollectionSettings(anna);
  await page.getByLabel('Learn from what I correct').check();
  await page.getByRole('button', { name: 'Done', exact: true }).click();
  await expect.poll(kept).toEqual({ isOn: true, lessons: 0 });
  await saveNone(200);
  await expect.poll(kept).toEqual({ isOn: true, lessons: 2 });

  await page.getByRole('button', { name: 'Undo' }).last().click();
  await openReview(anna, '2 things found — review');
  await page.getByRole('checkbox', { name: 'Save Pikachu' }).uncheck();
  await page.getByRole('button', { name: 'Add something missing' }).click();
  await page.keyboard.type('Eevee');
  await page.getByRole('button', { name: 'Save 2' }).click();
  await expect(anna.row('Charizard')).toBeVisible();
  await expect(anna.row('Eevee')).toBeVisible();
  // What was added is learned as missed.
  await expect.poll(kept).toEqual({ isOn: true, lessons: 5 });

  const box = { x: 0.1, y: 0.1, width: 0.5, height: 0.5 };
  await vision.next({ items: [thing('Mew', 0.9, box)] });
  await photograph(anna, picture('card.png', { hue: 300 }));
  await openReview(anna, '1 thing found — review');
  await page.getByLabel('Name of 1', { exact: true }).fill('Mewtwo');
  await anna.openItems();
  await expect(looks(page)).toContainText('Review of 1 thing goes on');
  await chooseAct(looks(page), 'Keep only the photo');
  await expect.poll(kept).toEqual({ isOn: true, lessons: 6 });
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await openReview(anna, 'Review of 1 thing goes on');
  await expect(page.getByLabel('Name of 1', { exact: true })).toHaveValue('Mewtwo');
});

test('[J84] who stops a save half-way, by a button or by closing the tab, has saved nothing, and the review goes on', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Attic' });
  const { page } = anna;
  const address = page.url();
  const places = Array.from({ length: 60 }, (_, at) => ({ x: (at % 10) / 10, y: Math.floor(at / 10) / 6, width: 0.1, height: 1 / 6 }));
  await vision.next({ items: places.map((box, at) => thing(`Thing ${at + 1}`, 0.8, box)) });
  await photograph(anna, picture('attic.png', { hue: 40, width: 2048, height: 1536 }));
  await openReview(anna, '60 things found — review');
  await page.getByRole('checkbox', { name: 'Save Thing 7', exact: true }).uncheck();
  await proposal(page, '1: Thing 1').getByLabel('Name of 1', { exact: true }).fill('Trunk');
  const making = page.getByText(/^Making photo ([3-9]|[1-5]\d) of 59…$/);
  await page.getByRole('button', { name: 'Save 59' }).click();
  await expect(making).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Save 59' })).toBeEnabled();
  await page.getByRole('button', { name: 'Save 59' }).click();
  await expect(making).toBeVisible();
  const other = await page.context().newPage();
  await page.close();

  await other.goto(address);
  await expect(other.getByRole('grid', { name: 'Items' }).getByRole('row')).toHaveCount(1);
  await looks(other).getByRole('button', { name: 'Review', exact: true }).click();
  await expect(other.getByRole('checkbox', { name: 'Save Thing 7', exact: true })).not.toBeChecked();
  await expect(other.getByLabel('Name of 1', { exact: true })).toHaveValue('Trunk');
  await other.getByRole('button', { name: 'Save 59' }).click();
  await expect(other.getByText('59 items saved')).toBeVisible({ timeout: 60_000 });
  await expect(looks(other)).toHaveCount(0);
  await other.getByRole('button', { name: 'Undo' }).last().click();
  await expect(looks(other).getByText('Review of 60 things goes on')).toBeVisible();
});

test('[J87] a photo nothing is found in says what to do next: to say what to look for, to fill it in by hand, or to keep only the photo', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Hall' });
  const { page } = anna;
  await vision.next({ items: [] });
  await photograph(anna, picture('hall.png', { hue: 80 }));
  await expect(looks(page)).toContainText('Nothing found');
  await looks(page).getByRole('button', { name: 'Say what to look for' }).click();
  await expect(page.getByRole('heading', { name: 'Nothing found' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Fill in by hand' })).toBeVisible();
  await expect(page.getByRole('button', { name: /^Save/ })).toHaveCount(0);
  await expect(page.getByText('Asking again counts as another analysis, about $0.002.')).toBeVisible();
  await expectAccessible(page);
  await vision.next({ items: [thing('Umbrella', 0.7, { x: 0.2, y: 0.2, width: 0.2, height: 0.5 })] });
  await page.getByLabel('Say what to look for, and the photo is looked at again').fill('The umbrella behind the door');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('checkbox', { name: 'Save Umbrella' })).toBeChecked();
  expect((await vision.seen()).at(-1)?.prompt).toContain('"The umbrella behind the door"');

  await anna.openItems();
  await chooseAct(looks(page), 'Keep only the photo');
  await expect(looks(page)).toHaveCount(0);
  await expect(anna.rows).toHaveCount(1);

  await vision.next({ items: [] });
  await photograph(anna, picture('ball.png', { hue: 20 }));
  await chooseAct(looks(page), 'Fill in by hand');
  await anna.type('Name', 'Brown ball');
  await expect(anna.row('Brown ball')).toBeVisible();
  await expect(looks(page), 'named by hand, nothing is left to be done').toHaveCount(0);
  await page.reload();
  await expect(anna.row('Brown ball')).toBeVisible();
  await expect(looks(page)).toHaveCount(0);
});

test('[J86] proposals are gone through by keys alone: from name to name, taken back, ticked, all or none, left and gone on with', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Desk' });
  const { page } = anna;
  const box = { x: 0.1, y: 0.1, width: 0.5, height: 0.5 };
  const codes = { barcodes: ['4006381333931', '96385074'] };
  await vision.next({
    items: [
      thing('Pen', 0.9, box, codes),
      thing('Ruler', 0.8, box, { barcodes: ['96385074'] }),
      thing('Stapler', 0.7, box, { barcodes: ['9780306406157', '4012345678901'] }),
    ],
  });
  await photograph(anna, picture('desk.png', { hue: 130 }));
  await openReview(anna, '3 things found — review');
  const name = (number: number) => page.getByLabel(`Name of ${number}`, { exact: true });
  await name(1).focus();
  await page.keyboard.type('X');
  await expect(name(1)).not.toHaveValue('Pen');
  await page.keyboard.press('Escape');
  await expect(name(1)).toHaveValue('Pen');
  await page.keyboard.press('Enter');
  await page.keyboard.press('ArrowDown');
  await expect(name(3)).toBeFocused();
  await page.keyboard.press('Shift+Enter');
  await expect(name(2)).toBeFocused();
  await expect(page.getByText('Same barcode as number 1')).toBeVisible();
  await page.getByRole('button', { name: 'Remove barcode 4006381333931' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('list', { name: 'Barcodes of Pen' }).getByRole('button')).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(name(1)).toBeFocused();
  await expect(page.getByText('Same barcode as number 1')).toHaveCount(0);
  await page.getByRole('button', { name: 'Add something missing' }).click();
  await page.keyboard.type('Glue');
  await page.getByRole('button', { name: 'More of Glue' }).click();
  await page.getByRole('button', { name: 'Split Stapler' }).focus();
  await page.keyboard.press('Enter');
  await expect(name(4)).toBeFocused();
  await expect(page.getByRole('button', { expanded: true })).toHaveAccessibleName('More of Glue');
  await expect(proposal(page, '4: Stapler')).toContainText('4012345678901');
  await page.getByRole('button', { name: 'Remove Stapler' }).focus();
  await page.keyboard.press('Enter');
  await expect(name(4)).toHaveValue('Glue');
  await expect(name(4)).toBeFocused();
  await page.getByRole('button', { name: 'Remove Glue' }).click();
  await expect(page.getByRole('button', { name: 'Add something missing' })).toBeFocused();
  await name(1).focus();
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Space');
  await expect(page.getByRole('checkbox', { name: 'Save Pen' })).not.toBeChecked();
  await page.getByRole('checkbox', { name: 'All 3' }).focus();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Save 3' })).toBeEnabled();
  await page.keyboard.press('Space');
  await expect(page.getByRole('button', { name: 'Save 0' })).toBeDisabled();
  await page.keyboard.press('Escape');

  await openReview(anna, 'Review of 3 things goes on');
  await expect(page.getByRole('list', { name: 'Barcodes of Pen' })).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Save Stapler' }).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+Enter');
  await expect(page.getByText('1 item saved')).toBeVisible();
  await expect(anna.row('Stapler')).toBeVisible();
});

test('[J88] what nobody proposed is added, and where things are is drawn, by pointer and by keys; it survives a reload, becomes photos, and comes back', async ({
  visit,
  app: { vision },
}) => {
  const anna = await visit({ as: 'Anna', collection: 'Kitchen' });
  const { page } = anna;
  await vision.next({ items: [thing('Teapot', 0.9, { x: 0.1, y: 0.1, width: 0.3, height: 0.3 })] });
  await photograph(anna, picture('kitchen.png', { hue: 210, width: 400, height: 300 }));
  await openReview(anna, '1 thing found — review');
  const add = page.getByRole('button', { name: 'Add something missing' });
  const name = (number: number) => page.getByLabel(`Name of ${number}`, { exact: true });

  await add.focus();
  await page.keyboard.press('Enter');
  await expect(name(2)).toBeFocused();
  await expect(page.getByRole('alert')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(add).toBeFocused();
  await expect(name(2)).toHaveCount(0);
  await add.click();
  await page.keyboard.type('Sugar bowl');
  await expect(proposal(page, '2: Sugar bowl')).toContainText('Added by you');
  await page.getByRole('button', { name: 'Remove Sugar bowl' }).click();
  await expect(name(2)).toHaveCount(0);
  await page.setViewportSize({ width: 390, height: 844 });
  const message = page.getByRole('region', { name: 'Messages' }).getByRole('group').filter({ hasText: '“Sugar bowl” removed' });
  const topOf = async (part: Locator): Promise<number> => (await part.boundingBox())?.y ?? 0;
  const endOf = (part: Locator): Promise<number> => part.evaluate((element) => element.getBoundingClientRect().bottom);
  const isClearOf = (part: string): Promise<void> =>
    expect
      .poll(async () => (await topOf(message)) - (await endOf(page.locator(part))), 'it covers nothing one goes through')
      .toBeGreaterThanOrEqual(0);
  await isClearOf('.review .body');
  await page.setViewportSize({ width: 1280, height: 800 });
  await isClearOf('.review .side');
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await expect(name(2)).toHaveValue('Sugar bowl');
  await expect(page.getByRole('checkbox', { name: 'Save Sugar bowl' })).toBeFocused();
  await add.click();
  await expect(page.getByRole('button', { name: 'Save 3' })).toBeDisabled();
  await page.getByRole('button', { name: 'Remove number 3' }).click();
  await expect(page.getByRole('button', { name: 'Save 2' })).toBeEnabled();

  const frame = page.locator('.side .frame').first();
  /** Where a box lies on the photo on screen, in hundredths. */
  const placeOf = async (box: Locator): Promise<readonly number[]> => {
    const [all, part] = await Promise.all([frame.boundingBox(), box.boundingBox()]);
    if (!all || !part) throw new Error('The photo and the box are on screen.');
    const hundredths = [(part.x - all.x) / all.width, (part.y - all.y) / all.height, part.width / all.width, part.height / all.height];
    return hundredths.map((one) => Math.round(100 * one));
  };
  const drag = async (from: readonly [number, number], to: readonly [number, number]): Promise<void> => {
    const all = await frame.boundingBox();
    if (!all) throw new Error('The photo is on screen.');
    await page.mouse.move(all.x + from[0] * all.width, all.y + from[1] * all.height);
    await page.mouse.down();
    await page.mouse.move(all.x + to[0] * all.width, all.y + to[1] * all.height, { steps: 4 });
  };
  const control = page.getByRole('application', { name: /^Box of / });
  await page.getByRole('button', { name: 'Draw the box of Sugar bowl' }).click();
  await expect(control).toBeFocused();
  await drag([0.9, 0.95], [0.6, 0.55]);
  await page.mouse.up();
  await expect.poll(() => placeOf(control)).toEqual([60, 55, 30, 40]);
  await drag([0.1, 0.1], [0.2, 0.2]);
  await page.keyboard.press('Escape');
  await page.mouse.up();
  await expect(control).toHaveCount(0);
  await expect(page.getByTitle('Sugar bowl'), 'what was drawn before Escape is taken back with it').toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Draw the box of Sugar bowl' })).toBeFocused();
  await page.keyboard.press('Enter');
  await drag([0.5, 0.4], [0.9, 0.9]);
  await page.mouse.up();
  await page.getByRole('button', { name: 'Done' }).click();
  await expect.poll(() => placeOf(page.getByTitle('Sugar bowl'))).toEqual([50, 40, 40, 50]);

  await page.getByRole('button', { name: 'Draw the box of Teapot' }).focus();
  await page.keyboard.press('Enter');
  await expect(control).toBeFocused();
  await expectAccessible(page);
  for (const key of ['ArrowLeft', 'ArrowDown', 'Shift+ArrowRight', 'Shift+ArrowRight']) await page.keyboard.press(key);
  await expect(page.getByText('9 % from the left, 11 % from the top; 32 % wide, 30 % high')).toBeAttached();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Draw the box of Teapot' })).toBeFocused();

  // What is read when one comes back is what was kept.
  await anna.openItems();
  await openReview(anna, 'Review of 1 thing goes on');
  await expect.poll(() => placeOf(page.getByTitle('Teapot'))).toEqual([9, 11, 32, 30]);
  await page.reload();
  await expect(name(2)).toHaveValue('Sugar bowl');
  await expect.poll(() => placeOf(page.getByTitle('Sugar bowl'))).toEqual([50, 40, 40, 50]);
  await expect.poll(() => placeOf(page.getByTitle('Teapot'))).toEqual([9, 11, 32, 30]);
  await page.getByRole('button', { name: 'Save 2' }).click();
  await expect(page.getByText('2 items saved')).toBeVisible();
  await anna.openItem('Sugar bowl');
  await expect(anna.detail).toContainText('Seen in a photo and added by a person');
  // 40 % of 400 by 50 % of 300 pixels, with a little around.
  await expect
    .poll(() =>
      anna.detail
        .locator('img')
        .evaluateAll((all) => all.map((img) => img instanceof HTMLImageElement && [img.naturalWidth, img.naturalHeight])),
    )
    .toContainEqual([180, 168]);
  await page.getByRole('button', { name: 'Undo' }).last().click();
  await openReview(anna, 'Review of 1 thing goes on');
  await expect(name(2)).toHaveValue('Sugar bowl');
});
