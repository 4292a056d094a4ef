// The policies that AWS manages and that people attach to what Stagegate runs.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html

interface ManagedStatement {
  readonly allow: readonly string[];
  /** `*` when left out; `{partition}` stands for the partition. */
  readonly on?: string;
}

interface ManagedPolicy {
  /** `/` or `/service-role/`. */
  readonly path: string;
  readonly statements: readonly ManagedStatement[];
}

const writeLogs = ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'];

function policy(path: string, ...statements: readonly ManagedStatement[]): ManagedPolicy {
  return { path, statements };
}

// AWS: actions and resources as the reference lists them. ReadOnlyAccess, PowerUserAccess, AWSLambda_FullAccess and
// AWSLambda_ReadOnlyAccess name hundreds of actions of services that are not here; they are cut to those that are.
const POLICIES: ReadonlyMap<string, ManagedPolicy> = new Map([
  ['AdministratorAccess', policy('/', { allow: ['*'] })],
  [
    'PowerUserAccess',
    policy('/', {
      allow: [
        ...['apigateway:*', 'execute-api:*', 'lambda:*', 'logs:*', 'cloudwatch:*', 'xray:*', 'cloudformation:*'],
        ...['cognito-idp:*', 'wafv2:*', 's3:*', 'sqs:*', 'sns:*', 'dynamodb:*', 'states:*', 'events:*', 'kinesis:*', 'sts:*'],
        ...['iam:ListRoles', 'iam:CreateServiceLinkedRole', 'iam:DeleteServiceLinkedRole'],
      ],
    }),
  ],
  [
    'ReadOnlyAccess',
    policy('/', {
      allow: [
        ...['apigateway:GET', 'lambda:Get*', 'lambda:List*', 'logs:Describe*', 'logs:Get*', 'logs:List*', 'logs:FilterLogEvents'],
        ...['logs:StartQuery', 'logs:StopQuery', 'logs:TestMetricFilter', 'cloudwatch:Describe*', 'cloudwatch:Get*'],
        ...[
          'cloudwatch:List*',
          'xray:BatchGetTraces',
          'xray:Get*',
          'iam:Get*',
          'iam:List*',
          'iam:Simulate*',
          'sts:GetAccessKeyInfo',
        ],
        ...[
          'cloudformation:Describe*',
          'cloudformation:Get*',
          'cloudformation:List*',
          'cognito-idp:Describe*',
          'cognito-idp:List*',
        ],
        ...['cognito-idp:Get*', 'wafv2:Describe*', 'wafv2:Get*', 'wafv2:List*', 'wafv2:CheckCapacity'],
      ],
    }),
  ],
  ['IAMFullAccess', policy('/', { allow: ['iam:*'] })],
  ['IAMReadOnlyAccess', policy('/', { allow: ['iam:Get*', 'iam:List*', 'iam:Simulate*', 'iam:Generate*'] })],
  ['AmazonAPIGatewayAdministrator', policy('/', { allow: ['apigateway:*'], on: 'arn:{partition}:apigateway:*::/*' })],
  [
    'AmazonAPIGatewayInvokeFullAccess',
    policy('/', { allow: ['execute-api:Invoke', 'execute-api:ManageConnections'], on: 'arn:{partition}:execute-api:*:*:*' }),
  ],
  [
    'AmazonAPIGatewayPushToCloudWatchLogs',
    policy('/service-role/', {
      allow: [
        ...writeLogs,
        ...['logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'logs:GetLogEvents', 'logs:FilterLogEvents'],
      ],
    }),
  ],
  [
    'AWSLambda_FullAccess',
    policy('/', { allow: ['lambda:*', 'logs:DescribeLogGroups', 'logs:DescribeLogStreams', 'iam:PassRole'] }),
  ],
  [
    'AWSLambda_ReadOnlyAccess',
    policy('/', { allow: ['lambda:Get*', 'lambda:List*', 'logs:DescribeLogGroups', 'logs:FilterLogEvents'] }),
  ],
  ['AWSLambdaBasicExecutionRole', policy('/service-role/', { allow: writeLogs })],
  [
    'AWSLambdaVPCAccessExecutionRole',
    policy('/service-role/', {
      allow: [
        ...writeLogs,
        ...['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DescribeSubnets', 'ec2:DeleteNetworkInterface'],
        ...['ec2:AssignPrivateIpAddresses', 'ec2:UnassignPrivateIpAddresses'],
      ],
    }),
  ],
  [
    'AWSXRayDaemonWriteAccess',
    policy('/', {
      allow: [
        ...['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
        'xray:GetSamplingStatisticSummaries',
      ],
    }),
  ],
  ['CloudWatchLogsFullAccess', policy('/', { allow: ['logs:*', 'cloudwatch:GenerateQuery'] })],
  [
    'AmazonS3ReadOnlyAccess',
    policy('/', { allow: ['s3:Get*', 's3:List*', 's3:Describe*', 's3-object-lambda:Get*', 's3-object-lambda:List*'] }),
  ],
  ['AmazonDynamoDBFullAccess', policy('/', { allow: ['dynamodb:*'] })],
  ['AmazonSQSFullAccess', policy('/', { allow: ['sqs:*'] })],
]);

/** A policy that AWS manages. */
export interface AwsManagedPolicy {
  readonly name: string;
  readonly path: string;
  readonly arn: string;
  /** JSON text. Without statements when the policy is not one of those above: it then grants nothing. */
  readonly document: string;
  readonly known: boolean;
}

/** The policy behind `arn:aws:iam::aws:policy/…`; undefined for every other ARN. */
export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  const match = /^arn:(aws[a-z-]*):iam::aws:policy(\/(?:[\x21-\x7e]{1,500}\/)?)([\w+=,.@-]{1,128})$/.exec(arn);
  if (match === null) return undefined;
  const [, partition = '', path = '', name = ''] = match;
  const found = POLICIES.get(name);
  const known = found !== undefined && found.path === path;
  const statements = known ? found.statements : [];
  const Statement = statements.map(({ allow, on = '*' }) => ({
    Effect: 'Allow',
    Action: allow,
    Resource: on.replace('{partition}', partition),
  }));
  return { name, path, arn, document: JSON.stringify({ Version: '2012-10-17', Statement }), known };
}

/** ARNs of all that are known, for lists. */
export function awsManagedPolicyArns(partition: string): string[] {
  return [...POLICIES].map(([name, { path }]) => `arn:${partition}:iam::aws:policy${path}${name}`);
}
