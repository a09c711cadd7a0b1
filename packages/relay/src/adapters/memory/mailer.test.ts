import { describe } from 'vitest';
import { keptMailContract, mailerContract, type ReadMail } from '../../contracts/mailer.ts';
import { createMemoryMailer, type MemoryMailer } from './mailer.ts';

const open = async (): Promise<{ readonly mailer: MemoryMailer; readonly received: () => Promise<readonly ReadMail[]> }> => {
  const mailer = createMemoryMailer();
  return { mailer, received: async () => mailer.sent.map((one) => ({ ...one, from: '', to: [one.to], headers: [] })) };
};

describe('memory mailer', () => {
  mailerContract(open);
  keptMailContract(open);
});
