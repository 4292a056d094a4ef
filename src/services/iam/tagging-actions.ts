// What tags in a call ask policies about: the service's own action for tags, besides the one that makes the tagged thing, and the
// condition keys that say which tags they are.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html

import type { AuthenticatedCall } from '../../aws/authentication.ts';
import type { CalledAction } from './called-actions.ts';

type Tags = readonly (readonly [key: string, value: string])[];

/** Operations of IAM that make something with tags. Seen: IAM user guide, "Tags for IAM resources". */
const IAM_ACTIONS: Readonly<Record<string, string>> = {
  CreatePolicy: 'iam:TagPolicy',
  CreateRole: 'iam:TagRole',
  CreateUser: 'iam:TagUser',
};

/** `aws:RequestTag/{key}` and `aws:TagKeys`; undefined for calls without tags. */
export function tagKeys({ input }: AuthenticatedCall): CalledAction['keys'] {
  const tags = tagsOf(input);
  const names = tags.length > 0 ? tags.map(([key]) => key) : removedKeys(input);
  if (names.length === 0) return undefined;
  return { ...Object.fromEntries(tags.map(([key, value]) => [`aws:RequestTag/${key}`, value])), 'aws:TagKeys': names };
}

/** What a call that makes something with tags needs besides; `own` is what it needs without them. */
export function taggingActions({ service, operation, input }: AuthenticatedCall, own: CalledAction): readonly CalledAction[] {
  if (/^(Tag|Untag)/.test(operation) || tagsOf(input).length === 0) return [];
  const { resource } = own;
  switch (service) {
    case 'apigateway':
      // AWS: as if TagResource were called for whatever the call will make. Seen: public reports of CreateRestApi and CreateApiKey
      // (`apigateway:PUT on resource: arn:aws:apigateway:{region}::/tags/arn%3Aaws%3A…%2Frestapis%2F*`).
      return [{ action: 'apigateway:PUT', resource: `${rootOf(resource)}tags/${encodeURIComponent(`${resource}/*`)}` }];
    case 'apigatewayv2':
      // AWS: an action that its reference does not list. Seen: aws-amplify/amplify-cli#12316 (CreateStage).
      return [{ action: 'apigateway:TagResource', resource }];
    case 'lambda':
      // Seen: Lambda guide, "Using tags on Lambda functions"; aws-samples/amazon-mwaa-examples#63.
      return [{ action: 'lambda:TagResource', resource }];
    case 'cloudwatch':
      // Seen: API reference, PutMetricAlarm and PutDashboard, Tags.
      return [{ action: 'cloudwatch:TagResource', resource }];
    case 'logs':
      // AWS: either of the two. Seen: API reference, CreateLogGroup.
      return [{ action: 'logs:TagResource', alternative: 'logs:TagLogGroup', resource }];
    case 'iam': {
      const action = IAM_ACTIONS[operation];
      return action === undefined ? [] : [{ action, resource }];
    }
    default:
      return [];
  }
}

/** `arn:aws:apigateway:{region}::/` of a resource of API Gateway. */
function rootOf(resource: string): string {
  return resource.slice(0, resource.indexOf(':/') + 2);
}

/** A map, or IAM's list of keys and values. */
function tagsOf(input: AuthenticatedCall['input']): Tags {
  const tags = input['Tags'] ?? input['tags'];
  if (typeof tags !== 'object' || tags === null) return [];
  if (!Array.isArray(tags)) return Object.entries(tags as Readonly<Record<string, string>>);
  return tags.map(({ Key = '', Value = '' }: { readonly Key?: string; readonly Value?: string }) => [Key, Value] as const);
}

/** The keys of tags that an operation takes away. */
function removedKeys(input: AuthenticatedCall['input']): readonly string[] {
  const keys = input['TagKeys'] ?? input['tagKeys'];
  return Array.isArray(keys) ? keys.map(String) : [];
}
