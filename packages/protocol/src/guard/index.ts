export type { FieldRule, GuardSchema, RowRule } from './schema.ts';
export { emptyGuardState, type GuardContext, type GuardRule, type GuardState, type UpdateFacts, type Verdict } from './verdict.ts';
