import { codeOf } from './code-of.ts';

/** A failure as a person reads it: what happened, to what, and what to do. */
export interface Failure {
  readonly code: string;
  readonly text: string;
}

const advice: { readonly [code: string]: string } = {
  'view-only': 'You can look at this collection but not change it. Ask its owner for an editing link.',
  'owner-only': 'Only the owner of this collection can change that.',
  'not-loaded': 'This part has not arrived on this device yet. It can be edited as soon as it has.',
  'not-leading': 'Another tab of this browser is writing. Close it, or use it instead of this one.',
  'unknown-item': 'The item is no longer here; it may have been deleted for ever by someone else.',
  'unknown-folder': 'The folder is no longer here; it may have been deleted for ever by someone else.',
  'unknown-collection': 'This collection is not on this device. Open its link again.',
  'would-cycle': 'A folder cannot be moved into itself or into something it contains. Choose another place.',
  full: "This device is full — your last change isn't saved yet.",
  fenced: 'Another tab of this browser took over. Reload this tab to go on.',
  blocked: 'Another tab still holds an older version of the app. Close the other tabs and reload.',
  closed: 'The browser closed the store of this device, or its data was removed. Reload the page to see what is there.',
  aborted: 'The browser aborted the write, so the change was not kept. Try it again.',
  unavailable: 'This browser gives no storage here (private window or blocked site data). Allow it and reload.',
};

/** Says what failed; `doing` names the act and its object, e.g. `Rename "Binder"`. */
export function describeFailure(error: unknown, doing: string): Failure {
  const code = codeOf(error);
  const message = error instanceof Error ? error.message : String(error);
  return { code, text: `${doing} did not work. ${advice[code] ?? message}` };
}

/** The reason alone, for the line under a field. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return advice[codeOf(error)] ?? message;
}
