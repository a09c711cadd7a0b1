import { expect, type Locator, type Page } from '@playwright/test';
import type { PickedFile } from './picture.ts';

/** The thumbnails of the open item. */
export const strip = (page: Page): Locator => page.getByRole('list', { name: 'Photos of this item' }).getByRole('button');

/** Gives files to the page as a drop or a paste does, or only drags them over. */
export async function hand(page: Page, files: readonly PickedFile[], event: 'dragover' | 'drop' | 'paste', target: Locator): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, type, base64 } of list) made.items.add(new File([Uint8Array.fromBase64(base64)], name, { type }));
    return made;
  }, given);
  if (event !== 'paste') await target.dispatchEvent(event, { dataTransfer: transfer });
  else
    await target.evaluate(
      (element, clipboardData) => element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })),
      transfer,
    );
}

/** Which upper corners of a thumbnail are white, so that a turn or a cut is seen and not only said; undefined while no picture is on screen. */
export const whiteCorners = (thumb: Locator): Promise<readonly string[] | undefined> =>
  thumb.locator('img').evaluateAll((images) => {
    const [image] = images as HTMLImageElement[];
    if (!image?.complete || image.naturalWidth === 0) return undefined;
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [100, 100];
    const pen = canvas.getContext('2d');
    pen?.drawImage(image, 0, 0, 100, 100);
    const isWhite = (x: number): boolean => [...(pen?.getImageData(x, 5, 1, 1).data ?? [])].slice(0, 3).every((part) => part > 230);
    return [...(isWhite(5) ? ['left'] : []), ...(isWhite(95) ? ['right'] : [])];
  });

/** A picture turned once has its mark in the other corner. */
export const isTurned = (thumb: Locator): Promise<void> => expect.poll(() => whiteCorners(thumb)).toEqual(['right']);

type Point = readonly [x: number, y: number];

/** Fingers on the glass, each from one place to another in a few steps. */
export async function touch(page: Page, ...fingers: readonly (readonly [from: Point, to: Point])[]): Promise<void> {
  const browser = await page.context().newCDPSession(page);
  const steps = 5;
  const at = (step: number) =>
    fingers.map(([[x, y], [toX, toY]], id) => ({ id, x: x + ((toX - x) * step) / steps, y: y + ((toY - y) * step) / steps }));
  await browser.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: at(0) });
  for (let step = 1; step <= steps; step++) await browser.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: at(step) });
  await browser.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
  await browser.detach();
}

/** How many pixels wide the picture shown large really is; 0 while it is not here. */
export const shownWidth = (page: Page): Promise<number> =>
  page
    .getByRole('button', { name: /show it large$/ })
    .locator('.frame img')
    .evaluateAll((images) => (images[0] as HTMLImageElement | undefined)?.naturalWidth ?? 0);
