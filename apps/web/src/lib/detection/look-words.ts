import type { Look } from '@cacaw/client';
import type { LookCode } from '@cacaw/protocol/detection';

/** What a person reads of a look: the word beside the photo, and what it means and what to do, where there is something. */
export interface LookWords {
  readonly word: string;
  readonly more: string;
  readonly tone: 'calm' | 'busy' | 'act';
  /** What can be done about it, the likeliest first. */
  readonly acts: readonly LookAct[];
}

/** What can be done about a look. */
export type LookAct = 'review' | 'say' | 'analyse' | 'retry' | 'device' | 'hand' | 'settings' | 'sign-in' | 'stop' | 'leave';

/** True for what is not done by going through the review itself. */
export const isBesideReview = (act: LookAct): boolean => act !== 'review' && act !== 'say' && act !== 'leave';

type Reason = NonNullable<Look['reason']>;
type Words = Omit<LookWords, 'tone'>;

const byHand: readonly LookAct[] = ['device', 'hand', 'stop'];
const later: readonly LookAct[] = ['retry', ...byHand];

const waits: { readonly [Why in Reason]: (when: string) => Words } = {
  offline: () => ({ word: 'Will be analysed when online', more: 'It waits here, also when the app is closed.', acts: byHand }),
  'signed-out': () => ({
    word: 'Will be analysed once you are signed in',
    more: 'Analysing by the server needs an account.',
    acts: ['sign-in', 'settings', ...byHand],
  }),
  limit: (when) => ({
    word: when === '' ? 'Will be analysed in a moment' : `Will be analysed from ${when} on`,
    more: 'Many photos were analysed in a short while. It goes on by itself.',
    acts: byHand,
  }),
  budget: () => ({
    word: 'Waits for next month',
    more: 'This month’s analyses are used up. It goes on by itself next month.',
    acts: [...byHand.slice(0, 1), 'settings', ...byHand.slice(1)],
  }),
  uploading: () => ({ word: 'Will be analysed once the photo is sent', more: 'The server has not got the photo yet.', acts: byHand }),
  off: () => ({
    word: 'Nobody is there to analyse it',
    more: 'This server looks at no photos, or this collection keeps to this device.',
    acts: ['device', 'settings', 'hand', 'stop'],
  }),
};

interface FailureWords {
  readonly text: string;
  /** Asking the same again may help. */
  readonly isPassing: boolean;
  readonly act?: LookAct;
}

const passing = (text: string, act?: LookAct): FailureWords => ({ text, isPassing: true, ...(act && { act }) });
const lasting = (text: string, act?: LookAct): FailureWords => ({ text, isPassing: false, ...(act && { act }) });

const failures: { readonly [code in LookCode]: FailureWords } = {
  'detection-blocked': lasting('The service will not look at this photo. Nothing was charged.'),
  'detection-unreadable': passing('What the service answered made no sense. Nothing was charged.'),
  'detection-unavailable': passing('The service cannot answer now. Nothing was charged.'),
  'picture-refused': lasting('The photo cannot be read: it is damaged, or larger than 10 MB. Take it again.'),
  internal: passing('The server failed. Nothing was charged.'),
  'key-refused': lasting('Google refused the key. Look at it in the settings.', 'settings'),
  'photo-refused': lasting('The server did not keep this photo, so it cannot have it looked at.'),
  'photo-lost': lasting('Neither this device nor the server has this photo. Another device may; open it there.'),
  forbidden: lasting('You may not have photos of this collection analysed now. Ask its owner.'),
  'reader-unavailable': passing('The part of the app that reads text is not on this device yet. Connect once, then try again.'),
};
const strange = passing('It was answered in a way this app does not know. Reload the app, then try again.');

function failureOf(code: string | undefined): FailureWords {
  return code !== undefined && Object.hasOwn(failures, code) ? failures[code as LookCode] : strange;
}

/** `10:15`, with the day when it is not today. */
export function momentText(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString(undefined, { timeStyle: 'short' });
  return then.toDateString() === today.toDateString() ? time : `${then.toLocaleDateString(undefined, { dateStyle: 'medium' })}, ${time}`;
}

/** `1 thing`, `3 things`. */
export const thingsText = (count: number): string => `${count.toLocaleString()} ${count === 1 ? 'thing' : 'things'}`;

/** The words for how a photo stands with whoever analyses it. */
export function lookWords(look: Look, now: number): LookWords {
  const when = look.retryAt === undefined ? '' : momentText(look.retryAt, now);
  if (look.state === 'looking') return { word: 'Being looked at…', more: '', tone: 'busy', acts: ['stop'] };
  if (look.state === 'ready') return readyWords(look);
  if (look.state === 'failed') return failedWords(look, when);
  if (!look.isMine)
    return {
      word: 'Not analysed here yet',
      more: 'It was not asked for on this device. Analysing it counts as yours.',
      tone: 'calm',
      acts: ['analyse', 'device', 'hand'],
    };
  if (look.reason === undefined) return { word: 'Waits its turn', more: '', tone: 'busy', acts: ['stop'] };
  return { ...waits[look.reason](when), tone: look.reason === 'off' || look.reason === 'signed-out' ? 'act' : 'busy' };
}

const lesser = 'The service could not answer, so only text and barcodes were read. Nothing was charged; try again for more.';
const keptText = 'The service was away, and nothing has changed. Nothing was charged; try again for more.';

function readyWords(look: Look): LookWords {
  const { proposals = 0, isBegun, isLesser, isKept } = look;
  if (proposals === 0 && !isBegun) return { ...emptyWords(look), tone: 'act' };
  const acts: readonly LookAct[] = isLesser ? ['review', 'retry', 'leave'] : ['review', 'leave'];
  if (isKept) return { word: 'Not analysed again', more: keptText, tone: 'act', acts };
  return { word: foundWord(look), more: isLesser ? lesser : '', tone: 'act', acts };
}

function foundWord({ proposals = 0, isBegun }: Look): string {
  // What was found before stays when asking again brought nothing better.
  if (proposals === 0) return 'Review goes on';
  return isBegun ? `Review of ${thingsText(proposals)} goes on` : `${thingsText(proposals)} found — review`;
}

function emptyWords({ isLesser, source }: Look): Words {
  if (isLesser) return { word: 'Nothing found', more: lesser, acts: ['retry', 'hand', 'leave'] };
  // What only reads does not follow words.
  if (source === 'on-device') return { word: 'Nothing to read', more: 'Neither text nor a barcode was found.', acts: ['hand', 'leave'] };
  return { word: 'Nothing found', more: 'Say what to look for, or fill it in by hand.', acts: ['say', 'device', 'hand', 'leave'] };
}

function failedWords({ code, photos, done, proposals = 0, isBegun = false }: Look, when: string): LookWords {
  const { text, isPassing, act } = failureOf(code);
  const more = when === '' ? text : `${text} It goes on by itself from ${when} on.`;
  const acts = [...(isPassing ? later : byHand)];
  if (act && !acts.includes(act)) acts.splice(isPassing ? 1 : 0, 0, act);
  // What was found in the others need not wait for it.
  if (proposals > 0)
    return {
      word: `${thingsText(proposals)} found, ${photos - done} of ${photos} photos not analysed`,
      more,
      tone: 'act',
      acts: ['review', ...acts],
    };
  return isBegun
    ? { word: 'Not analysed again', more, tone: 'act', acts: ['review', ...acts] }
    : { word: 'Not analysed', more, tone: 'act', acts };
}

/** Whether naming the item by hand is all that was left to do: nothing was found, and asking again is not held out. */
export const endsWhenNamed = (look: Look | undefined): boolean =>
  look?.state === 'ready' && !look.proposals && !look.isBegun && !look.isLesser;

const labels: { readonly [Act in LookAct]: string } = {
  review: 'Review',
  say: 'Say what to look for',
  analyse: 'Analyse',
  retry: 'Try again',
  device: 'Read text here',
  hand: 'Fill in by hand',
  settings: 'Settings',
  'sign-in': 'Sign in',
  stop: 'Don’t analyse',
  leave: 'Keep only the photo',
};

/** What the button of an act says. */
export const actLabel = (act: LookAct): string => labels[act];
