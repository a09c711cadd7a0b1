import type { Locator, Page } from '@playwright/test';
import type { PickedFile } from './picture.ts';

/** The thumbnails of the open item. */
export const strip = (page: Page): Locator => page.getByRole('list', { name: 'Photos of this item' }).getByRole('button');

/** Gives files to the page as a drop or a paste does. */
export async function hand(page: Page, files: readonly PickedFile[], event: 'drop' | 'paste', target: Locator): Promise<void> {
  const given = files.map(({ name, mimeType, buffer }) => ({ name, type: mimeType, base64: buffer.toString('base64') }));
  const transfer = await page.evaluateHandle((list) => {
    const made = new DataTransfer();
    for (const { name, type, base64 } of list) made.items.add(new File([Uint8Array.fromBase64(base64)], name, { type }));
    return made;
  }, given);
  if (event === 'drop') await target.dispatchEvent('drop', { dataTransfer: transfer });
  else
    await target.evaluate(
      (element, clipboardData) => element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })),
      transfer,
    );
}

/** Whether a picture is white at a place of it, in hundredths: so that a turn or a cut is seen and not only said. */
export const whiteAt = (image: Locator, x: number, y: number): Promise<boolean> =>
  image.evaluate(
    (element, [right, down]) => {
      const canvas = document.createElement('canvas');
      [canvas.width, canvas.height] = [100, 100];
      const pen = canvas.getContext('2d');
      pen?.drawImage(element as HTMLImageElement, 0, 0, 100, 100);
      return [...(pen?.getImageData(right, down, 1, 1).data ?? [])].slice(0, 3).every((part) => part > 230);
    },
    [x, y] as const,
  );

/** How many pixels wide the picture shown large really is; 0 while it is not here. */
export const shownWidth = (page: Page): Promise<number> =>
  page
    .getByRole('button', { name: /show it large$/ })
    .locator('.frame img')
    .evaluateAll((images) => (images[0] as HTMLImageElement | undefined)?.naturalWidth ?? 0);
