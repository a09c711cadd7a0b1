import { check } from '@cacaw/protocol/http';
import * as v from 'valibot';
import type { ReadAnswer } from './relay-http.ts';

/** Reads an answer by a schema. Not for what every tab does by itself: it brings the schema library along. */
export const bySchema =
  <Value>(schema: v.GenericSchema<unknown, Value>): ReadAnswer<Value> =>
  (body) =>
    check(schema, body);

/** For answers whose body says nothing of use. */
export const anyAnswer: v.GenericSchema<unknown, unknown> = v.unknown();
