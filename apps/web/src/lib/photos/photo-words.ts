import type { PhotoOnItsWay, PhotoPause } from '@cacaw/client';
import type { BlobRefusal } from '@cacaw/protocol/http';
import { bytesText } from '../account/settings/bytes-text.ts';
import type { FileProblem } from './making/messages.ts';

/** Where a photo or file stands between this device and the server. */
export type PhotoStanding =
  | { readonly state: 'only-here' }
  | { readonly state: 'waiting' }
  /** Nobody is asked to send over a connection that costs by the byte. */
  | { readonly state: 'paused' }
  | { readonly state: 'sending'; readonly sent: number; readonly of: number }
  | { readonly state: 'checking' }
  | { readonly state: 'stored' }
  | { readonly state: 'only-there' }
  | { readonly state: 'no-room' }
  | { readonly state: 'refused'; readonly code: BlobRefusal | 'other' }
  | { readonly state: 'lost' };

/** What a person reads of a standing: the word beside the picture, and what it means and what to do, where there is something. */
export interface StandingWords {
  readonly word: string;
  readonly more: string;
  readonly tone: 'calm' | 'busy' | 'act';
}

const refusals: { readonly [Code in BlobRefusal | 'other']: string } = {
  infected: 'The server found something harmful in it and did not keep it. Remove it here, too.',
  'not-a-picture': 'The server could not read it as a picture. Open it elsewhere, save it as JPEG, and add that.',
  'too-many-pixels': 'It has more than 50 megapixels. Make it smaller and add it again.',
  broken: 'The file is damaged. Take the photo again, or add another copy of it.',
  animated: 'Moving pictures are not kept. Add a single frame of it.',
  'wrong-hash': 'Its bytes changed on the way. Try again; if it stays so, remove it and add it again.',
  'too-slow': 'The server took too long to read it. Try again later, or save it as JPEG and add that.',
  'file-type': 'Only PDFs, pictures and plain text are kept. Save it as PDF and add that.',
  empty: 'There is nothing in the file. Add another copy of it.',
  other: 'The server did not take it. Try again; if it stays so, tell whoever runs the server.',
};

/** The refusal a code of the server names; a newer server may know more of them. */
export const refusalOf = (code = ''): BlobRefusal | 'other' => (Object.hasOwn(refusals, code) ? (code as BlobRefusal) : 'other');

type WordsOf = { readonly [State in PhotoStanding['state']]: (standing: Extract<PhotoStanding, { state: State }>) => StandingWords };

const words: WordsOf = {
  'only-here': () => ({
    word: 'Only here',
    more: 'Kept on this device, as all of this collection is. It is sent when the collection is.',
    tone: 'calm',
  }),
  waiting: () => ({ word: 'Waiting', more: 'Kept on this device, sent as soon as there is a connection.', tone: 'busy' }),
  paused: () => ({ word: 'Waiting', more: 'Kept on this device. This connection is metered; it is sent on another one.', tone: 'busy' }),
  sending: ({ sent, of }) => ({ word: `Sending ${Math.floor((100 * sent) / Math.max(1, of))} %`, more: '', tone: 'busy' }),
  checking: () => ({ word: 'Checking', more: 'The server has it and is looking at it.', tone: 'busy' }),
  stored: () => ({ word: 'Stored', more: '', tone: 'calm' }),
  'only-there': () => ({
    word: 'On the server',
    more: 'The whole picture is on the server only. It comes here when you open it.',
    tone: 'calm',
  }),
  'no-room': () => ({
    word: 'No room',
    more: 'The storage of the collection’s owner is full. It stays here and is sent once there is room.',
    tone: 'act',
  }),
  refused: ({ code }) => ({ word: 'Refused', more: refusals[code], tone: 'act' }),
  lost: () => ({
    word: 'Lost',
    more: 'Neither this device nor the server has it. Another device may; open it there, or remove it.',
    tone: 'act',
  }),
};

/** The words for where a photo stands. */
export function standingWords(standing: PhotoStanding): StandingWords {
  return (words[standing.state] as (standing: PhotoStanding) => StandingWords)(standing);
}

/** Of the same bytes the server says the same again, unless it was the way or the hour that was at fault. */
const passing: ReadonlySet<string> = new Set(['wrong-hash', 'too-slow', 'other']);

/** Whether it makes a difference to send it once more. */
export const mayRetryHelp = (standing: PhotoStanding): boolean =>
  standing.state === 'lost' || (standing.state === 'refused' && passing.has(standing.code));

/** `2 photos and 1 file not on the server yet`. */
export function onTheirWayText(list: readonly Pick<PhotoOnItsWay, 'use'>[]): string {
  const photos = list.filter(({ use }) => use === 'photo').length;
  const files = list.length - photos;
  const parts = [
    ...(photos > 0 ? [photosText(photos)] : []),
    ...(files > 0 ? [files === 1 ? '1 file' : `${files.toLocaleString()} files`] : []),
  ];
  return `${parts.join(' and ')} not on the server yet`;
}

const pauses: { readonly [Pause in PhotoPause]: string } = {
  local: 'They go nowhere: this collection, or all of this device, keeps to itself.',
  offline: 'They are kept on this device and sent as soon as it is online.',
  unreachable: 'They are kept on this device and sent as soon as the server answers.',
  metered: 'This network is metered: photos are kept here and sent on another one.',
  'signed-out': 'They are kept on this device and sent once you are signed in.',
  room: 'The storage of the collection’s owner is full. They stay here and are sent once there is room: the owner can delete something for ever, or ask whoever runs the server for more.',
  forbidden: 'You may only look at this collection now. They stay here; ask the owner to let you edit.',
};

/** Why photos wait, and what helps; empty when it is only their turn that they wait for. */
export const pauseText = (pause: PhotoPause | null): string => (pause === null ? '' : pauses[pause]);

/** Less than this is told before photos are chosen: a phone's are half a megabyte each. */
const littleRoom = 20 * 1024 ** 2;

/** How much the storage of whoever pays still takes, where that is little; else empty. */
export function roomText(bytes: number | null | undefined): string {
  if (bytes === null || bytes === undefined || bytes >= littleRoom) return '';
  const left = bytes < 1024 ? 'No storage is' : `Only ${bytesText(bytes)} of storage are`;
  return `${left} left for this collection. What has no room stays on this device, and is sent once its owner has made some.`;
}

const problems: { readonly [Problem in FileProblem]: string } = {
  empty: 'is empty. Choose another copy of it.',
  'not-a-picture': 'is damaged, or not a picture this browser can read. Open it elsewhere, save it as JPEG, and add that.',
  'too-large': 'is larger than 25 MB. Make it smaller and add it again.',
  'too-many-pixels': 'has more than 50 megapixels. Make it smaller and add it again.',
  animated: 'is a moving picture. Add a single frame of it, or choose it as a photo: then its first one is kept.',
  'not-a-pdf': 'is damaged, or no PDF. Open it elsewhere, save it as PDF, and add that.',
  'not-text': 'is no plain text. Save it as PDF and add that.',
  'too-little-memory': 'needs more memory than this device has free. Close other tabs and try again.',
};

/** How long a refused file is told of, in milliseconds: nothing else says later that it is not here. */
export const refusalMs: number = 60_000;

/** Why a picked file became no photo, or was not taken as it is: `“x.svg” is not a picture…`. */
export const problemText = (name: string, problem: FileProblem): string => `“${name}” ${problems[problem]}`;

/** `1 photo`, `3 photos`. */
export const photosText = (count: number): string => (count === 1 ? '1 photo' : `${count.toLocaleString()} photos`);

const kinds = { receipt: 'Receipt', warranty: 'Warranty', certificate: 'Certificate', other: 'Other' } as const;

/** What a file can be to its item, in the words of a list to choose from. */
export const fileKinds: readonly { readonly kind: keyof typeof kinds; readonly label: string }[] = Object.entries(kinds).map(
  ([kind, label]) => ({ kind: kind as keyof typeof kinds, label }),
);

/** `Receipt · 240 kB`. */
export const fileText = (kind: keyof typeof kinds, bytes: number): string => `${kinds[kind]} · ${bytesText(bytes)}`;

/** What cameras, phones, screens and messengers call what they make; nothing a person would look for. */
const counted: readonly RegExp[] = [
  /^(?:img|dsc[nf]?|pxl|mvi|dji|gopr|wp|sam|cimg|pict|p(?=\d)|fullsizerender|photo|image|picture|screenshot|whatsapp image|unnamed|untitled)(?:[\s\d().,:-]|at|wa|mp|edited)*$/i,
  /^(?:19|20)\d\d[-.]?\d\d[-.]?\d\d[\s\d().,:-]*$/,
  /^[\da-f]{8}(?:-?[\da-f]{4}){3}-?[\da-f]{12}$/i,
  /^$/,
];

const dayAndTime = (at: number): string => new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A name for an item made of a photo: the file's, without its ending; of one only a camera has named, when it was taken. */
export function nameOfFile({ name, lastModified }: Pick<File, 'name' | 'lastModified'>, when: (at: number) => string = dayAndTime): string {
  const bare = name
    .replace(/\.[a-z0-9]{2,5}$/i, '')
    .replaceAll(/[_\s]+/g, ' ')
    .trim();
  return counted.some((pattern) => pattern.test(bare)) ? `Photo ${when(lastModified)}` : bare.slice(0, 200);
}
