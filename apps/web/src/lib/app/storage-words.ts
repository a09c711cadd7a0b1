import type { StorageReport } from '@cacaw/client';

const texts: { readonly [Level in StorageReport['level']]: string } = {
  plenty: '',
  warn: 'This device is more than 80 % full.',
  thumbnails: 'This device is more than 90 % full: of photos on the server only thumbnails are kept here.',
  blocked: 'This device is more than 95 % full: nothing large can be added. Deleting always works.',
};

/** What the banner says of a device that is filling up. */
export const storageText = (level: StorageReport['level']): string => texts[level];
