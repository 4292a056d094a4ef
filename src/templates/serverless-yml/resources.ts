// The `resources` section. Permissions, log groups, gateway responses and authorizers are run; what else only watches, permits or ships is left aside,
// everything else is refused, and names that are written out can be referred to (with --lenient also those of what was left out).

import type { Place } from '../../config/user-error.ts';
import { isVacant, type MapEntry, type MapNode, type TemplateNode } from '../template-node.ts';
import { evaluateCloudFormation, type KnownReferences } from './cloudformation-values.ts';
import type { PropertyReader } from './property-reader.ts';

/** Sections of a template that only say something about resources. */
const WORDS = ['AWSTemplateFormatVersion', 'Conditions', 'Description', 'Mappings', 'Metadata', 'Outputs', 'Parameters', 'Rules'];

/** Services that watch, permit or ship: nothing that a function or a caller could miss when they are not there. */
const ASIDE = new Set([
  'Backup',
  'Budgets',
  'Chatbot',
  'CloudTrail',
  'CloudWatch',
  'CodeBuild',
  'CodeDeploy',
  'CodePipeline',
  'IAM',
  'KMS',
  'Logs',
  'XRay',
]);
/** The same of single types: policies, and the network that functions here do not need. */
const ASIDE_TYPES =
  /^AWS::(?:SQS::QueuePolicy|SNS::TopicPolicy|S3::BucketPolicy|ApiGateway::Account|EC2::(?!Instance|LaunchTemplate|Spot|EC2Fleet|Volume)\w+)$/;

/** Services that functions call with an SDK of their own, and find by their own settings. */
const ELSEWHERE = new Set([
  ...['Cognito', 'DynamoDB', 'ElastiCache', 'Events', 'Kinesis', 'OpenSearchService', 'RDS', 'S3', 'SES', 'SNS', 'SQS', 'SSM'],
  ...['SecretsManager', 'StepFunctions'],
]);
const WITHOUT = 'Remove it for local runs, or run with --lenient to leave it out.';
const WITH_ELSEWHERE = `${WITHOUT} Functions then reach what their own settings name, an emulator or AWS.`;

/** What Ref and the attributes of a resource are when its name is written out; `$` stands for the name. */
interface NamedResource {
  readonly nameProperty: string;
  readonly ref: string;
  readonly attributes: Readonly<Record<string, string>>;
}

// Source: CloudFormation user guide, "Return values" of each resource type.
const NAMED: ReadonlyMap<string, NamedResource> = new Map(
  Object.entries({
    'AWS::DynamoDB::Table': named('TableName', '$', { Arn: 'arn:aws:dynamodb:{region}:{account}:table/$' }),
    'AWS::Events::EventBus': named('Name', '$', { Arn: 'arn:aws:events:{region}:{account}:event-bus/$', Name: '$' }),
    'AWS::IAM::Role': named('RoleName', '$', { Arn: 'arn:aws:iam::{account}:role/$' }),
    'AWS::Kinesis::Stream': named('Name', '$', { Arn: 'arn:aws:kinesis:{region}:{account}:stream/$' }),
    'AWS::Logs::LogGroup': named('LogGroupName', '$', { Arn: 'arn:aws:logs:{region}:{account}:log-group:$:*' }),
    'AWS::S3::Bucket': named('BucketName', '$', {
      Arn: 'arn:aws:s3:::$',
      DomainName: '$.s3.amazonaws.com',
      RegionalDomainName: '$.s3.{region}.amazonaws.com',
    }),
    'AWS::SNS::Topic': named('TopicName', 'arn:aws:sns:{region}:{account}:$', {
      TopicArn: 'arn:aws:sns:{region}:{account}:$',
      TopicName: '$',
    }),
    'AWS::SQS::Queue': named('QueueName', 'https://sqs.{region}.amazonaws.com/{account}/$', {
      Arn: 'arn:aws:sqs:{region}:{account}:$',
      QueueName: '$',
      QueueUrl: 'https://sqs.{region}.amazonaws.com/{account}/$',
    }),
    'AWS::SSM::Parameter': named('Name', '$', {}),
  }),
);

function named(nameProperty: string, ref: string, attributes: Readonly<Record<string, string>>): NamedResource {
  return { nameProperty, ref, attributes };
}

export interface Resource {
  readonly type: string;
  readonly place: Place;
  readonly properties: MapNode | undefined;
  /** It becomes AWS operations: run-resources.ts. */
  readonly isRun: boolean;
}

/** Resources by logical id, as far as they have one type and one map of properties. */
export type Resources = ReadonlyMap<string, Resource>;

/** Notes what is left aside and what is refused; the resources come back for references. */
export function readResources(node: TemplateNode | undefined, reader: PropertyReader): Resources {
  const found = new Map<string, Resource>();
  const aside = new Set<string>();
  const parts = node?.kind === 'list' ? node.items.map((item) => reader.variables.resolve(item)) : [node];
  for (const part of parts) {
    if (part === undefined || isVacant(part)) continue;
    if (part.kind !== 'map') {
      reader.wrong(part, 'resources', 'a map', 'For example: resources: { Resources: { ... } }');
      continue;
    }
    for (const entry of part.entries.values()) readSection(entry, found, aside, reader);
  }
  if (aside.size > 0) {
    reader.ignore(`resources: ${[...aside].join(', ')}`, 'not created here; nothing that answers requests depends on it');
  }
  return found;
}

function readSection(
  { key, keyPlace, node }: MapEntry,
  found: Map<string, Resource>,
  aside: Set<string>,
  reader: PropertyReader,
): void {
  if (WORDS.includes(key)) {
    reader.ignore(`resources.${key}`, 'no CloudFormation stack is made');
    return;
  }
  if (key === 'extensions') {
    readExtensions(node, aside, reader);
    return;
  }
  if (key !== 'Resources') {
    if (!isVacant(node)) refuse(keyPlace, `resources.${key}: CloudFormation is not run here yet`, reader);
    return;
  }
  const resources = reader.variables.resolve(node);
  if (resources === undefined || isVacant(resources)) return;
  if (resources.kind !== 'map') {
    reader.wrong(resources, 'resources.Resources', 'a map', 'For example: Resources: { Table: { Type: AWS::DynamoDB::Table } }');
    return;
  }
  for (const entry of resources.entries.values()) {
    const resource = reader.variables.resolve(entry.node);
    if (resource === undefined || isVacant(resource)) continue;
    const type = typeOf(resource);
    if (type === undefined) {
      reader.problems.error(
        'SG_BAD_VALUE',
        entry.keyPlace,
        `resources.Resources.${entry.key} has no Type.`,
        'Add Type: AWS::SERVICE::RESOURCE.',
      );
      continue;
    }
    const [, service = ''] = type.split('::');
    // Conditions are not evaluated: what hangs on one is left aside.
    const isConditional = resource.kind === 'map' && resource.entries.has('Condition');
    const runs =
      type === 'AWS::Lambda::Permission' ||
      (type === 'AWS::Logs::LogGroup' && reader.features.logGroups) ||
      ((type === 'AWS::ApiGateway::GatewayResponse' || type === 'AWS::ApiGateway::Authorizer') && reader.features.restApis);
    const isRun = runs && !isConditional;
    if (isRun) {
      // It is told of when it is read, and an authorizer when an event names it.
      if (type === 'AWS::ApiGateway::Authorizer') reader.ignore(`resources: ${entry.key}`, 'no event names it');
    } else if (reader.variables.isGiven(entry.key)) {
      reader.ignore(`resources: ${entry.key}`, 'it is elsewhere: --param says what is known of it');
    } else if (type === 'AWS::Lambda::Permission' || (type.startsWith('AWS::') && ASIDE.has(service)) || ASIDE_TYPES.test(type))
      aside.add(entry.key);
    else if (runs) {
      const what = `resources.Resources.${entry.key} has a Condition, and conditions are not evaluated here.`;
      const fix = 'Remove the Condition for local runs, or run with --lenient to leave the resource out.';
      reader.problems.unsupported(entry.keyPlace, what, fix);
    } else {
      const what = `resources.Resources.${entry.key} is an ${type}, which is not created from here yet.`;
      reader.problems.unsupported(entry.keyPlace, what, ELSEWHERE.has(service) ? WITH_ELSEWHERE : WITHOUT);
    }
    const properties = resource.kind === 'map' ? resource.entries.get('Properties')?.node : undefined;
    const resolved = properties && reader.variables.resolve(properties);
    found.set(entry.key, { type, place: entry.keyPlace, isRun, properties: resolved?.kind === 'map' ? resolved : undefined });
  }
}

/** What they change of roles, log groups and permissions is nothing that a caller sees; anything else is refused by name. */
function readExtensions(node: TemplateNode, aside: Set<string>, reader: PropertyReader): void {
  const value = reader.variables.resolve(node);
  if (value === undefined || isVacant(value)) return;
  const map = reader.map(value, 'resources.extensions', '{ HelloLogGroup: { Properties: { RetentionInDays: 30 } } }');
  for (const { key, keyPlace } of map?.entries.values() ?? []) {
    // The logical ids that Serverless Framework gives. Seen: its guide "Resources".
    if (/^IamRole|(?:LogGroup|LambdaPermission\w*|DeploymentBucket\w*|LambdaVersion\w*)$/.test(key))
      aside.add(`extensions.${key}`);
    else
      refuse(
        keyPlace,
        `resources.extensions.${key}: what it changes of a resource of the Framework does not happen here`,
        reader,
      );
  }
}

function typeOf(resource: TemplateNode): string | undefined {
  const type = resource.kind === 'map' ? resource.entries.get('Type')?.node : undefined;
  return type?.kind === 'scalar' && typeof type.value === 'string' ? type.value : undefined;
}

function refuse(place: Place, what: string, reader: PropertyReader): void {
  reader.problems.unsupported(place, `${what}.`, WITHOUT);
}

/** Adds to what is known what Ref and Fn::GetAtt say of resources whose names are written out. */
export function withResources(known: KnownReferences, resources: Resources, reader: PropertyReader): KnownReferences {
  const reading = new Set<string>();
  const everything: KnownReferences = {
    get(reference) {
      const value = known.get(reference);
      if (value !== undefined || reading.has(reference)) return value;
      const at = reference.indexOf('.');
      const id = at < 0 ? reference : reference.slice(0, at);
      const resource = resources.get(id);
      const kind = resource && NAMED.get(resource.type);
      const pattern = at < 0 ? kind?.ref : kind?.attributes[reference.slice(at + 1)];
      const node = kind && resource?.properties?.entries.get(kind.nameProperty)?.node;
      if (pattern === undefined || node === undefined) return undefined;
      reading.add(reference);
      const name = evaluateCloudFormation(node, everything, reader.variables, reader.problems);
      reading.delete(reference);
      return name === undefined
        ? undefined
        : pattern
            .replaceAll('{region}', known.get('AWS::Region') ?? '')
            .replaceAll('{account}', known.get('AWS::AccountId') ?? '')
            .replaceAll('$', () => name);
    },
  };
  return everything;
}
