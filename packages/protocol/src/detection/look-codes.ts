/**
 * Why a photo has no proposals, as a device says it. The first five are the relay's problem codes and mean the same when a device
 * asked the service itself.
 */
export const lookCodes = [
  /** The service will not look at this picture. */
  'detection-blocked',
  /** What it answered was cut off or is no answer. */
  'detection-unreadable',
  /** It is down, overrun, unreachable or broke off. */
  'detection-unavailable',
  /** The picture cannot be read. */
  'picture-refused',
  'internal',
  /** The service does not take the person's own key. */
  'key-refused',
  /** The relay will never take this photo. */
  'photo-refused',
  /** Nobody has the photo's bytes. */
  'photo-lost',
  /** The account may not have photos of this collection looked at, or not any more. */
  'forbidden',
  /** The parts that read on the device could not be had. */
  'reader-unavailable',
] as const;

/** One of {@link lookCodes}. */
export type LookCode = (typeof lookCodes)[number];
