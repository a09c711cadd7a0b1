import type { AccountId } from '@cacaw/protocol';
import { check, emailField } from '@cacaw/protocol/http';
import { inviteToSignUp, type InviteGround } from '../accounts/invite-to-sign-up.ts';
import { setOperator, tierOrProblem } from '../accounts/operators.ts';
import type { Tiers } from '../accounts/tiers.ts';
import { accuracyLines } from '../detection/accuracy-table.ts';
import type { SignUpMode } from '../accounts/door.ts';
import { Problem } from '../http/route.ts';
import { photoJobs } from '../orphans/cleaning-job.ts';
import type { FailedJob } from '../ports/job-queue.ts';
import type { AccuracyCount } from '../ports/lessons.ts';
import type { Profile, Profiles } from '../ports/profiles.ts';

/** What a command works on. */
export interface CommandGround extends InviteGround {
  readonly profiles: Profiles;
  readonly tiers: Tiers;
  readonly signUp: SignUpMode;
  /** Erases an account with all that names it; what it owned goes to whoever is in it longest. */
  readonly erase: (account: AccountId) => Promise<void>;
  /** Jobs that were given up. */
  readonly failedJobs: () => Promise<readonly FailedJob[]>;
  /** What became of what detectors proposed, all collections that learn together. */
  readonly accuracy: () => Promise<readonly AccuracyCount[]>;
  /** Has a job run soon, by a relay that works. */
  readonly runJob: (name: string) => Promise<void>;
}

/** What a command says, and whether it was done. */
export interface CommandOutcome {
  readonly isDone: boolean;
  readonly lines: readonly string[];
}

const usage: readonly string[] = [
  'cacaw operator add <e-mail>      makes an account an operator, or invites somebody to become one',
  'cacaw operator remove <e-mail>   makes an operator an account like any other',
  'cacaw operator list              names the operators',
  'cacaw account list               names every account with its tier',
  'cacaw account tier <e-mail> <tier>   gives an account another tier',
  'cacaw account invite <e-mail>    sends somebody a link to sign up with',
  'cacaw account erase <e-mail>     erases an account for good; what it shares goes to its oldest member',
  'cacaw detection accuracy         shows how often detectors were right, where owners let it be counted',
  'cacaw job failed                 names the jobs of the last two weeks that were given up, and why',
  'cacaw job run <name>             has a job run now that would run at its hour: cleanup-orphaned-files, finish-photos',
];

type Command = (ground: CommandGround, rest: readonly string[]) => Promise<readonly string[]>;

const commands: { readonly [name: string]: Command } = {
  'operator add': async (ground, [email]) => {
    const profile = await profileOf(ground, email);
    if (profile === undefined) return invite(ground, email, true);
    await setOperator(ground.profiles, profile.account, true);
    return [`${profile.email} is an operator.`];
  },
  'operator remove': async (ground, [email]) => {
    const { account, email: address } = await existing(ground, email);
    await setOperator(ground.profiles, account, false);
    return [`${address} is no operator any more.`];
  },
  'operator list': async ({ profiles }) => (await allProfiles(profiles)).filter((one) => one.isOperator).map((one) => one.email),
  'account list': async ({ profiles }) => (await allProfiles(profiles)).map((one) => `${one.email}  ${one.username}  ${one.tier}`),
  'account tier': async (ground, [email, name = '']) => {
    const { account, email: address } = await existing(ground, email);
    await ground.profiles.setTier(account, tierOrProblem(ground.tiers, name));
    return [`${address} has the tier ${name}.`];
  },
  'account invite': async (ground, [email]) => {
    if ((await profileOf(ground, email)) !== undefined) throw new Problem('conflict', `${email} has an account already.`);
    return invite(ground, email, false);
  },
  'account erase': async (ground, [email]) => {
    const { account } = await existing(ground, email);
    await ground.erase(account);
    const accounts = await allProfiles(ground.profiles);
    const isRun = accounts.length === 0 || accounts.some(({ isOperator }) => isOperator);
    return [
      'The account is erased. Nothing here names it any more.',
      ...(isRun ? [] : ['Nobody runs this relay now: name somebody with cacaw operator add <e-mail>.']),
    ];
  },
  'detection accuracy': async ({ accuracy }) => {
    const lines = accuracyLines(await accuracy());
    return lines.length > 0 ? lines : ['Nothing was counted yet: no collection that learns has sent anything.'];
  },
  'job failed': async ({ failedJobs }) =>
    (await failedJobs()).map(({ at, name, key, reason }) => `${at.toISOString()}  ${[name, key].join(' ').trim()}  ${reason}`),
  'job run': async ({ runJob }, [name = '']) => {
    if (!photoJobs.some((job) => job === name))
      throw new Problem('unknown', `There is no job of that name. There are ${photoJobs.join(' and ')}.`);
    await runJob(name);
    return [`${name} is queued. A relay takes it within ten seconds.`];
  },
};

/** Runs one command; what is wrong with it is said, not thrown. */
export async function runCommand(ground: CommandGround, args: readonly string[]): Promise<CommandOutcome> {
  const [group, verb, ...rest] = args;
  const command = commands[`${group} ${verb}`];
  if (command === undefined) return { isDone: args.length === 0 || group === 'help', lines: usage };
  try {
    return { isDone: true, lines: await command(ground, rest) };
  } catch (error) {
    if (error instanceof Problem) return { isDone: false, lines: [error.message] };
    throw error;
  }
}

function addressOf(email: string | undefined): string {
  const checked = check(emailField, email);
  if (!checked.ok) throw new Problem('malformed', `${email ?? 'Nothing'} is no e-mail address.`);
  return checked.value;
}

async function profileOf({ profiles }: CommandGround, email: string | undefined): Promise<Profile | undefined> {
  const account = await profiles.byEmail(addressOf(email));
  return account === undefined ? undefined : profiles.read(account);
}

async function existing(ground: CommandGround, email: string | undefined): Promise<Profile> {
  const profile = await profileOf(ground, email);
  if (profile === undefined) throw new Problem('unknown', `Nobody has an account under ${addressOf(email)}.`);
  return profile;
}

async function invite(ground: CommandGround, email: string | undefined, isOperator: boolean): Promise<readonly string[]> {
  if (ground.signUp === 'closed') throw new Problem('forbidden', 'SIGNUP=closed takes no new accounts. Set SIGNUP=invite first.');
  const address = addressOf(email);
  const link = await inviteToSignUp(ground, { email: address, isOperator, invitedBy: undefined });
  return [`${address} was sent a link to sign up with, good for a week:`, link];
}

const pageSize = 100;

async function allProfiles(profiles: Profiles): Promise<readonly Profile[]> {
  const all: Profile[] = [];
  for (;;) {
    const page = await profiles.list({ after: all.at(-1)?.account, limit: pageSize });
    all.push(...page);
    if (page.length < pageSize) return all;
  }
}
