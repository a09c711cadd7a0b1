export { guardStateOf, guardUpdate, type GuardedDocument } from './guard.ts';
export { trustedStateOf } from './trusted.ts';
export type { FieldRule, GuardSchema, RowRule } from './schema.ts';
export {
  emptyGuardState,
  type GuardContext,
  type GuardRule,
  type GuardState,
  type Refusal,
  type UpdateFacts,
  type Verdict,
} from './verdict.ts';
