import { keepByAccounts } from './0004-the-wall.ts';
import type { Migration } from './migration.ts';

/** Detectors that have answered here: lessons are counted by their names, and by no name that a client made up. */
export const knownDetectors: Migration = {
  version: 14,
  name: 'known detectors',
  sql: `
    create table detection_models (
      source text not null,
      model text not null,
      primary key (source, model)
    );
    ${keepByAccounts('detection_models')}
    grant select on detection_models to relay_lessons;
    create policy names on detection_models for select to relay_lessons using (true);
  `,
};
