import type { Limits } from '../ports/rate-limiter.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** How many requests an account (or, without one, an address) may make in a window. */
export const limits: Limits = {
  // Ten a second for a whole minute: no screen of ours asks more often, a program that does should hear of it.
  api: { points: 600, windowMs: minuteMs },
  // Somebody who tries all passwords they ever had needs fewer; a guesser gets 1,920 a day from one address.
  'sign-in': { points: 20, windowMs: 15 * minuteMs },
  // A family, a class or a shop behind one address; each sends a mail.
  'sign-up': { points: 10, windowMs: hourMs },
  // Each sends a mail to somebody who may not have asked.
  reset: { points: 5, windowMs: hourMs },
  // A club inviting everybody by mail in one sitting.
  invites: { points: 60, windowMs: hourMs },
  // A device that signs up with all its local collections shares them one after the other.
  collections: { points: 60, windowMs: minuteMs },
  // Each is a mail to the same person.
  'access-requests': { points: 10, windowMs: hourMs },
  // Reads everything an account has; twice a day is often, ten an hour is trying again.
  export: { points: 10, windowMs: hourMs },
  // A device that looks at thousands of thumbnails, each asked for by itself, and sends 200 photos beside.
  photos: { points: 6_000, windowMs: minuteMs },
  // Each costs a tenth of a second of a processor; a screen full of newly turned photos is 60.
  'photo-views': { points: 300, windowMs: minuteMs },
  // As specified: each asks a paid service.
  detection: { points: 100, windowMs: 15 * minuteMs },
  // Each is a review of a photo, or what waited on a device that was away.
  lessons: { points: 60, windowMs: minuteMs },
  // Somebody who scans a shelf of books; each may ask services that others pay for with their patience.
  lookup: { points: 60, windowMs: minuteMs },
  // Of a source that answers this relay a hundred questions a day: what each account is sure of.
  'lookup-part': { points: 10, windowMs: dayMs },
  // And what of it belongs to nobody: by it alone nobody uses up what four others are sure of.
  'lookup-common': { points: 50, windowMs: dayMs },
};
