// Who may call a function URL: the function's resource policy and the caller's own policies, asked about `lambda:InvokeFunctionUrl`.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

import type { CallerCredentials } from '../data-plane/iam/caller-credentials.ts';
import { callerContext, denialText, principalOf, type RequestFacts } from '../iam-policy/caller-context.ts';
import { type AccessRequest, conditionContext, decideForCaller, evaluatePolicies } from '../iam-policy/evaluate.ts';
import type { Policy } from '../iam-policy/policy-document.ts';

const ACTION = 'lambda:InvokeFunctionUrl';

export interface UrlAccess {
  readonly authType: 'NONE' | 'AWS_IAM';
  /** Of the function. */
  readonly account: string;
  /** Qualified when the URL is an alias's. */
  readonly functionArn: string;
  /** The resource policy of the function or the alias. */
  readonly policy: Policy | undefined;
}

/** Why the caller (undefined: anybody) may not, for the developer; undefined when they may. */
export function urlRefusal(access: UrlAccess, caller: CallerCredentials | undefined, request: RequestFacts): string | undefined {
  if (access.authType === 'AWS_IAM') {
    return caller === undefined ? 'The request is not signed.' : refusalOfCaller(access, caller, request);
  }
  const asked: AccessRequest = {
    principal: { kind: 'anonymous' },
    action: ACTION,
    resource: access.functionArn,
    context: conditionContext({
      ...more(access),
      'aws:SourceIp': request.sourceIp,
      'aws:UserAgent': request.userAgent,
      'aws:Referer': request.referer,
      'aws:SecureTransport': String(request.secureTransport),
    }),
  };
  // AWS: for NONE the resource policy must allow everybody. Seen: test/parity, test_lambda_permission_url_invocation.
  const { effect } = evaluatePolicies(access.policy === undefined ? [] : [access.policy], asked);
  if (effect === 'allow') return undefined;
  return `The resource policy of ${access.functionArn} does not let everybody ${ACTION} (FunctionUrlAuthType NONE).`;
}

// AWS: of the function's own account either policy is enough, of another account both must allow; a deny in either wins, and the
// policies of a session bind in any case. Seen: Lambda guide, "Control access to Lambda function URLs"; IAM guide, policy evaluation.
function refusalOfCaller(access: UrlAccess, caller: CallerCredentials, request: RequestFacts): string | undefined {
  const asked: AccessRequest = {
    principal: principalOf(caller),
    action: ACTION,
    resource: access.functionArn,
    context: callerContext(caller, request, more(access)),
  };
  const own = decideForCaller(caller, asked);
  const resource = evaluatePolicies(access.policy === undefined ? [] : [access.policy], asked);
  if (own.effect === 'explicitDeny') return denialText(caller.arn, ACTION, access.functionArn, own);
  const limits = decideForCaller({ ...caller, policies: undefined }, asked);
  const byResource = resource.effect === 'allow' && limits.effect === 'allow';
  const allowed = caller.account === access.account ? own.effect === 'allow' || byResource : own.effect === 'allow' && byResource;
  if (allowed && resource.effect !== 'explicitDeny') return undefined;
  if (own.effect === 'allow') return `The resource policy of ${access.functionArn} does not let ${caller.arn} ${ACTION}.`;
  return denialText(caller.arn, ACTION, access.functionArn, own);
}

function more({ authType }: UrlAccess): Record<string, string> {
  return { 'lambda:FunctionUrlAuthType': authType, 'lambda:InvokedViaFunctionUrl': 'true' };
}
