import type { Migration } from './migration.ts';

/** Money set aside for an account that is erased meanwhile stays set aside, for nobody: its picture is paid for all the same. */
export const holdsOutlive: Migration = {
  version: 17,
  name: 'holds outlive',
  sql: `
    alter table detection_holds alter column account drop not null;
    alter table detection_holds drop constraint detection_holds_account_fkey;
    alter table detection_holds add constraint detection_holds_account_fkey
      foreign key (account) references profiles on delete set null;
  `,
};
