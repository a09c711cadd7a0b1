import { detectionKeptMs } from '@cacaw/protocol/http';
import type { DetectionAnswers } from '../../ports/detection-answers.ts';
import type { AccountSeal } from './auth-seal.ts';
import type { Database } from './connection.ts';

/** Answers in PostgreSQL, found by a keyed hash of the question and sealed with the account's key. */
export function createPostgresDetectionAnswers(database: Database, seal: AccountSeal): DetectionAnswers {
  const indexOf = (account: string, question: string): Buffer => seal.index('detection_answers.question', `${account}|${question}`);
  const placeOf = (account: string): string => `detection_answers.answer|${account}`;
  return {
    find: (account, question, nowMs) =>
      database.run(async (sql) => {
        const [row] = await sql<{ answer: Uint8Array }[]>`
          select answer from detection_answers
          where account = ${account} and question_index = ${indexOf(account, question)} and expires_at > ${new Date(nowMs)}`;
        return row === undefined ? undefined : seal.open(account, placeOf(account), row.answer);
      }),
    async keep(account, question, { text, nowMs }) {
      const sealed = await seal.seal(account, placeOf(account), text);
      await database.run(async (sql) => {
        await sql`delete from detection_answers where account = ${account} and expires_at <= ${new Date(nowMs)}`;
        await sql`
          insert into detection_answers (account, question_index, answer, expires_at)
          values (${account}, ${indexOf(account, question)}, ${sealed}, ${new Date(nowMs + detectionKeptMs)})
          on conflict (account, question_index) do update set answer = excluded.answer, expires_at = excluded.expires_at`;
      });
    },
  };
}
