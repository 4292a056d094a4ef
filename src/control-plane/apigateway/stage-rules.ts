// What may stand in a stage: its name, its variables, its cache cluster, its canary's share.

import { badRequest } from './refusals.ts';
import type { Quotas } from './service.ts';

/** Stage names. AWS: the name is the first segment of the path. Source: API reference, CreateStage. */
export function checkedStageName(stageName: string | undefined): string {
  if (stageName !== undefined && /^[A-Za-z0-9_-]{1,128}$/.test(stageName)) return stageName;
  // AWS: these words, which do not name the hyphen that is taken. Seen: cdk-preflight's deployed cases (stage-name-charset, "bad stage").
  throw badRequest('Stage name only allows a-zA-Z0-9_');
}

type Variables = Readonly<Record<string, string>>;

/** Source: "Amazon API Gateway quotas": names of 64, values of 512 characters. The words about figures are ours. */
export function checkedVariables(
  sent: Variables | undefined,
  quotas: Pick<Quotas, 'stageVariablesPerStage'>,
): Variables | undefined {
  assertNotTooManyVariables(sent, quotas);
  const entries = Object.entries(sent ?? {});
  for (const [name, value] of entries) checkVariable(name, value);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

export function assertNotTooManyVariables(
  variables: Variables | undefined,
  { stageVariablesPerStage }: Pick<Quotas, 'stageVariablesPerStage'>,
): void {
  if (Object.keys(variables ?? {}).length <= stageVariablesPerStage) return;
  throw badRequest(`A stage can have at most ${stageVariablesPerStage} stage variables`);
}

export function checkVariable(name: string, value: string): void {
  if (name.length > 64) throw badRequest(`Invalid stage variable name: ${name.slice(0, 64)}... has more than 64 characters`);
  if (!/^[A-Za-z0-9_]+$/.test(name)) {
    // AWS: these words, with two blanks. Seen: serverless/serverless#6133.
    throw badRequest(`Invalid stage variable name: ${name}.  Please use names with only word characters.`);
  }
  if (value.length > 512) throw badRequest(`Invalid stage variable value of key ${name}: it has more than 512 characters`);
  if (!/^[A-Za-z0-9 \-._~:/?#&=,]+$/.test(value)) {
    // AWS: these words, with two blanks and a missing quote; blanks are taken, an empty text is not. Seen: cdk-preflight's deployed cases
    // (stage-variable-value), sirceljm/aws-lambda-blog#10. `~` and `#` stand in the pattern of the API reference, CreateStage.
    throw badRequest(
      `Invalid stage variable value of key ${name}.  Please use values with alphanumeric characters and the symbols ' ', -', '.', '_', ':', '/', '?', '&', '=', and ','.`,
    );
  }
}

/** Source: API reference, `cacheClusterSize`, in GB. */
const cacheSizes = ['0.5', '1.6', '6.1', '13.5', '28.4', '58.2', '118', '237'];

/** A cache cluster is there as soon as it is asked for; on AWS it takes minutes. */
export function cacheClusterOf(enabled: boolean, size: string | undefined) {
  if (size !== undefined && !cacheSizes.includes(size)) {
    throw badRequest(`Invalid cache cluster size specified. Valid options are ${cacheSizes.join(',')}`);
  }
  const kept = size ?? (enabled ? cacheSizes[0] : undefined);
  return {
    cacheClusterEnabled: enabled,
    cacheClusterStatus: enabled ? 'AVAILABLE' : 'NOT_AVAILABLE',
    ...(kept === undefined ? {} : { cacheClusterSize: kept }),
  };
}

export function checkedPercentTraffic(percent: number): number {
  if (percent >= 0 && percent <= 100) return percent;
  throw badRequest('Invalid canary percentTraffic specified. It must be between 0.0 and 100.0');
}
