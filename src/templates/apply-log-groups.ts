// The log groups of a desired state as CloudWatch Logs operations. Groups stay when the file no longer has them: they hold logs.

import type { ApplyError, ApplySession } from './apply-desired-state.ts';
import type { DesiredState } from './desired-state.ts';
import { inParallel } from './in-parallel.ts';

export async function applyLogGroups(session: ApplySession, { logGroups }: DesiredState): Promise<void> {
  await inParallel(logGroups, async ({ name, retentionInDays }) => {
    await ensureLogGroup(session, name);
    if (retentionInDays !== undefined) {
      await session.call('logs', 'PutRetentionPolicy', { logGroupName: name, retentionInDays });
    }
  });
}

/** One that is there is taken. */
export async function ensureLogGroup(session: ApplySession, logGroupName: string, subject?: string): Promise<void> {
  try {
    await session.call('logs', 'CreateLogGroup', { logGroupName }, subject);
  } catch (error) {
    if ((error as Partial<ApplyError>).awsCode !== 'ResourceAlreadyExistsException') throw error;
  }
}
