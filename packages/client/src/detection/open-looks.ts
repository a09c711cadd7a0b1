import { openLookOffice, type LookOffice, type LookOfficePorts } from './look-office.ts';
import type { PhotoAnswer, PhotoQuestion } from '../photos/photo-calls.ts';
import { readPhoto } from '../photos/reader.ts';

/** What the looks of a term work with, given who fetches the bytes that are not on this device. */
export interface OpenLooksPorts extends Omit<LookOfficePorts, 'photo'> {
  readonly fetchPhoto: (question: PhotoQuestion) => Promise<PhotoAnswer>;
}

/** Opens the looks of a term; a photo's bytes are read on this device, else fetched. */
export const openLooks = ({ fetchPhoto, ...ports }: OpenLooksPorts): Promise<LookOffice> =>
  openLookOffice({
    ...ports,
    async photo(collection, hash) {
      const question = { collection, hash, size: 'full' } as const;
      const blob = await readPhoto(ports.device.store, question);
      return blob === undefined ? fetchPhoto(question) : { state: 'here', blob };
    },
  });
