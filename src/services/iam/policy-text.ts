// Policy documents as IAM takes and gives them.

import { uriEncode } from '../../aws/sigv4-canonical-request.ts';
import { type PolicyKind, parsePolicy } from '../../iam-policy/policy-document.ts';
import { isFault, type PolicyFault } from '../../iam-policy/policy-fault.ts';
import { malformedPolicy } from './iam-refusals.ts';

/** The text when it is a policy of that kind. Throws AwsError. */
export function checkedPolicyText(text: string, kind: PolicyKind): string {
  const policy = parsePolicy(text, kind);
  if (isFault(policy)) throw malformedPolicy(messageOf(policy));
  return text;
}

/** AWS: documents come back percent-encoded (RFC 3986); clients decode them. Seen: test/parity, test_put_role_policy_encoding. */
export function encodedPolicyText(text: string): string {
  return uriEncode(text);
}

/** Characters without white space, which is what AWS's size limits count. */
export function policyLength(text: string): number {
  return text.replace(/\s/g, '').length;
}

/** AWS's sentence where it is known (recorded or from public reports), else ours with the place. */
function messageOf({ path, message }: PolicyFault): string {
  if (path === '' && message.includes('not JSON')) return 'This policy contains invalid Json';
  if (/^(Resource|Invalid principal) /.test(message)) return message;
  if (message === 'An identity policy has no Principal') return 'Policy document should not specify a principal.';
  if (message === 'A trust policy has no Resource') return 'Has prohibited field Resource';
  if (message.endsWith('has a Resource or a NotResource')) return 'Policy statement must contain resources.';
  if (message.endsWith('has an Action or a NotAction')) return 'Policy statement must contain actions.';
  if (message.startsWith('An action is ')) return 'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.';
  return `Syntax errors in policy. ${path === '' ? message : `${path}: ${message}`}`;
}
