// The API's resource policy as a plan: shorthand resources are written out, and what cannot be read lets nobody in.

import { partitionOf } from '../../aws/arn.ts';
import { parsePolicy } from '../../iam-policy/policy-document.ts';
import type { RestApiSnapshot, RestStage } from '../../model/rest-api.ts';
import type { RestApiPlan } from '../../model/rest-api-plan.ts';

export function planResourcePolicy(
  { scope, restApi }: RestApiSnapshot,
  _stage: RestStage,
): Pick<RestApiPlan, 'resourcePolicy' | 'closedReason'> {
  if (restApi.policy === undefined || restApi.policy === '') {
    // AWS: a private API without a policy lets nobody in. Seen: developer guide.
    if (!restApi.endpointConfiguration.types.includes('PRIVATE')) return {};
    return { closedReason: 'A private API needs a resource policy that lets its callers in; this one has none.' };
  }
  const prefix = `arn:${partitionOf(scope.region)}:execute-api:${scope.region}:${scope.account}:${restApi.id}/`;
  // AWS: `execute-api:/stage/verb/path` stands for this API. Seen: developer guide's policy examples. Actions and the condition key
  // `execute-api:viaDomainArn` are no resources.
  const resourcePolicy = restApi.policy.replace(/"execute-api:\/?([^"]*)"/g, (whole, rest: string) =>
    /^(?:Invoke|InvalidateCache|ManageConnections|viaDomainArn|\*)$/i.test(rest) && !whole.includes(':/')
      ? whole
      : `"${prefix}${rest}"`,
  );
  const policy = parsePolicy(resourcePolicy, 'resource');
  if (!('statements' in policy))
    return { closedReason: `The API's resource policy cannot be read: ${policy.message} (${policy.path}).` };
  return { resourcePolicy };
}
