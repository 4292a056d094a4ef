// Who may call a function URL: the function's resource policy and the caller's own policies, asked about `lambda:InvokeFunctionUrl`.
// https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html

import type { CallerCredentials } from '../data-plane/iam/caller-credentials.ts';
import { callerContext, type RequestFacts } from '../iam-policy/caller-context.ts';
import { type AccessRequest, conditionContext, evaluatePolicies } from '../iam-policy/evaluate.ts';
import { type AccessedFunction, refusalOfCaller } from './caller-access.ts';

const ACTION = 'lambda:InvokeFunctionUrl';

export interface UrlAccess extends AccessedFunction {
  readonly authType: 'NONE' | 'AWS_IAM';
}

/** Why the caller (undefined: anybody) may not, for the developer; undefined when they may. */
export function urlRefusal(access: UrlAccess, caller: CallerCredentials | undefined, request: RequestFacts): string | undefined {
  if (access.authType === 'AWS_IAM') {
    if (caller === undefined) return 'The request is not signed.';
    return refusalOfCaller(access, ACTION, caller, callerContext(caller, request, more(access)));
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

function more({ authType }: UrlAccess): Record<string, string> {
  return { 'lambda:FunctionUrlAuthType': authType, 'lambda:InvokedViaFunctionUrl': 'true' };
}
