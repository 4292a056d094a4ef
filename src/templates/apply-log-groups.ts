// The log groups of a desired state as CloudWatch Logs operations. Groups stay when the file no longer has them: they hold logs.

import type { ApplyError, ApplySession } from './apply-desired-state.ts';
import type { DesiredState } from './desired-state.ts';
import { inParallel } from './in-parallel.ts';

export async function applyLogGroups(session: ApplySession, { logGroups }: DesiredState): Promise<void> {
  await inParallel(logGroups, async ({ name, retentionInDays }) => {
    const found = await ensureLogGroup(session, name);
    if (retentionInDays !== undefined && found !== retentionInDays) {
      await session.call('logs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays });
    }
  });
}

/** One that is there is taken; its retention in days comes back. */
export async function ensureLogGroup(session: ApplySession, logGroupName: string, subject?: string): Promise<number | undefined> {
  const described = await session.call('logs', 'DescribeLogGroups', { logGroupNamePrefix: logGroupName }, subject);
  const groups = (described['logGroups'] ?? []) as { logGroupName?: string; retentionInDays?: number }[];
  const found = groups.find((group) => group.logGroupName === logGroupName);
  if (found !== undefined) return found.retentionInDays;
  try {
    await session.call('logs', 'CreateLogGroup', { logGroupName }, subject);
  } catch (error) {
    // Many groups may begin with the name, and ours be on a later page.
    if ((error as Partial<ApplyError>).awsCode !== 'ResourceAlreadyExistsException') throw error;
  }
  return undefined;
}
