// Which service a segment, or a call that no segment answers, belongs to: a name and a type.
// https://docs.aws.amazon.com/xray/latest/api/API_Service.html

import type { ServiceId } from '@aws-sdk/client-xray';
import { type Members, memberAt } from './segment.ts';

export interface ServiceNode {
  readonly name: string;
  readonly type: string;
  /** The account it tells by itself. */
  readonly accountId: string | undefined;
  /** It is in no account that is known: a host somewhere. */
  readonly isOutside: boolean;
}

/** `origin` is missing from what an application sends by itself; what it knows of its surroundings is in `aws`. */
const TYPES_BY_AWS_MEMBER: readonly (readonly [member: string, type: string])[] = [
  ['api_gateway', 'AWS::ApiGateway::Stage'],
  ['function_arn', 'AWS::Lambda::Function'],
  ['elastic_beanstalk', 'AWS::ElasticBeanstalk::Environment'],
  ['ecs', 'AWS::ECS::Container'],
  ['eks', 'AWS::EKS::Container'],
  ['ec2', 'AWS::EC2::Instance'],
];

/** Services whose calls name a resource, by their name in small letters without blanks: SDKs write them in different ways. */
const RESOURCES: Readonly<Record<string, { readonly service: string; readonly member: string; readonly type: string }>> = {
  lambda: { service: 'Lambda', member: 'function_name', type: 'AWS::Lambda' },
  dynamodb: { service: 'DynamoDB', member: 'table_name', type: 'AWS::DynamoDB::Table' },
  sqs: { service: 'SQS', member: 'queue_url', type: 'AWS::SQS::Queue' },
  s3: { service: 'S3', member: 'bucket_name', type: 'AWS::S3::Bucket' },
  // AWS: the type of a topic's node is that of the service. Seen: developer guide, "Getting data from X-Ray".
  sns: { service: 'SNS', member: 'topic_arn', type: 'AWS::SNS' },
};

export function nodeOfSegment(name: string, members: Members): ServiceNode {
  const known = TYPES_BY_AWS_MEMBER.find(([member]) => memberAt(members, 'aws', member) !== undefined);
  const type = textAt(members, 'origin') ?? known?.[1] ?? 'remote';
  return { name, type, accountId: textAt(members, 'aws', 'account_id'), isOutside: false };
}

/** The service behind a call: of AWS when the namespace says so, else a host or a database somewhere. */
export function nodeOfCall(name: string, members: Members): ServiceNode {
  const origin = textAt(members, 'origin');
  const isAws = members['namespace'] === 'aws' || origin?.startsWith('AWS::') === true;
  if (!isAws) {
    const type = origin ?? (memberAt(members, 'sql') === undefined ? 'remote' : 'Database::SQL');
    return { name, type, accountId: undefined, isOutside: true };
  }
  const key = name.toLowerCase().replaceAll(' ', '');
  const resources = Object.hasOwn(RESOURCES, key) ? RESOURCES[key] : undefined;
  const resource = (resources && textAt(members, 'aws', resources.member)) ?? firstResourceName(members);
  const plainType = `AWS::${resources?.service ?? name.replaceAll(' ', '')}`;
  return {
    name: resource ?? name,
    type: origin ?? (resource === undefined || resources === undefined ? plainType : resources.type),
    accountId: textAt(members, 'aws', 'account_id'),
    isOutside: false,
  };
}

export function accountOf(node: ServiceNode, ownAccountId: string): string | undefined {
  return node.accountId ?? (node.isOutside ? undefined : ownAccountId);
}

export function toServiceId(node: ServiceNode, ownAccountId: string): ServiceId {
  const accountId = accountOf(node, ownAccountId);
  return { Name: node.name, Names: [node.name], ...(accountId !== undefined && { AccountId: accountId }), Type: node.type };
}

/** Services that are asked for; what is undefined is not asked for. */
export interface ServiceSelector {
  readonly name: string | undefined;
  readonly type: string | undefined;
  readonly accountId: string | undefined;
}

export function isSelected(
  node: ServiceNode,
  selector: ServiceSelector,
  accountIdOf: (node: ServiceNode) => string | undefined,
): boolean {
  return (
    (selector.name === undefined || selector.name === node.name) &&
    (selector.type === undefined || selector.type === node.type) &&
    (selector.accountId === undefined || selector.accountId === accountIdOf(node))
  );
}

/** The same text for the same service. */
export function keyOf({ name, type }: Pick<ServiceNode, 'name' | 'type'>): string {
  return JSON.stringify([name, type]);
}

/** Undefined for an empty text too. */
export function textAt(members: Members, ...path: readonly string[]): string | undefined {
  const value = memberAt(members, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function firstResourceName(members: Members): string | undefined {
  const names = memberAt(members, 'aws', 'resource_names');
  return Array.isArray(names)
    ? names.find((each: unknown): each is string => typeof each === 'string' && each !== '')
    : undefined;
}
