import { AuditPlaceUnknown } from '../ports/audit.ts';

/** Where a page ended: the moment in microseconds, and a key that is unique within it. */
export interface Position {
  readonly micros: number;
  readonly key: string;
}

/** Before everything: where the first page begins. */
export const newest: Position = { micros: Number.MAX_SAFE_INTEGER, key: '' };

const shape = /^(\d{1,16}) ([ -~]{0,200})$/;

/** A position as a page tells it. */
export const encodePlace = ({ micros, key }: Position): string => Buffer.from(`${micros} ${key}`).toString('base64url');

/** The position of a place; throws {@link AuditPlaceUnknown} for what no page ever told. */
export function decodePlace(place: string | undefined): Position {
  if (place === undefined) return newest;
  const read = shape.exec(Buffer.from(place, 'base64url').toString('latin1'));
  const micros = Number(read?.[1] ?? Number.NaN);
  if (!Number.isSafeInteger(micros)) throw new AuditPlaceUnknown('This place of the audit log was told by no page; begin at the first.');
  return { micros, key: read?.[2] ?? '' };
}
