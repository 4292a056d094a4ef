// What integrations call that is not in their definition: where private targets are, where AWS services are, and the keys that sign.

import type { OptionValues } from './options.ts';
import { UserError } from './user-error.ts';

export interface IntegrationTargets {
  /** By the ARN of a listener or service. */
  readonly vpcTargets: ReadonlyMap<string, { readonly host: string; readonly port: number }>;
  /** Base URLs by service; `all` for those without one of their own. */
  readonly awsEndpoints: ReadonlyMap<AwsServiceName | 'all', string>;
  /** The issuer of user pools, with `{region}` and `{poolId}`; AWS's when undefined. */
  readonly cognitoIssuer?: string;
  /** The environment's keys; undefined when it has none. */
  readonly awsCredentials:
    | { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string }
    | undefined;
}

export type AwsServiceName = 'appconfig' | 'events' | 'kinesis' | 'sns' | 'sqs' | 'states';

type Values = Pick<
  OptionValues,
  | 'vpcTarget'
  | 'awsEndpoint'
  | 'awsEndpointAppconfig'
  | 'awsEndpointEvents'
  | 'awsEndpointKinesis'
  | 'awsEndpointSns'
  | 'awsEndpointSqs'
  | 'awsEndpointStates'
  | 'cognitoIssuer'
>;

/** Throws UserError for what could never be called. */
export function integrationTargets(resolved: {
  readonly values: Values;
  readonly environment: Readonly<Record<string, string | undefined>>;
}): IntegrationTargets {
  const { values, environment } = resolved;
  const urls: readonly (readonly [AwsServiceName | 'all', string, string | undefined])[] = [
    ['all', '--aws-endpoint', values.awsEndpoint],
    ['appconfig', '--aws-endpoint-appconfig', values.awsEndpointAppconfig],
    ['events', '--aws-endpoint-events', values.awsEndpointEvents],
    ['kinesis', '--aws-endpoint-kinesis', values.awsEndpointKinesis],
    ['sns', '--aws-endpoint-sns', values.awsEndpointSns],
    ['sqs', '--aws-endpoint-sqs', values.awsEndpointSqs],
    ['states', '--aws-endpoint-states', values.awsEndpointStates],
  ];
  const awsEndpoints = urls.flatMap(([service, flag, url]) =>
    url === undefined ? [] : [[service, checkedUrl(flag, url)] as const],
  );
  return {
    vpcTargets: new Map([...values.vpcTarget].map(([arn, address]) => [checkedArn(arn), toAddress(arn, address)])),
    awsEndpoints: new Map(awsEndpoints),
    ...(values.cognitoIssuer === undefined ? {} : { cognitoIssuer: checkedIssuer(values.cognitoIssuer) }),
    awsCredentials: credentialsIn(environment),
  };
}

function checkedUrl(flag: string, text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url !== undefined && url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  if (isPlain && /^https?:$/.test(url.protocol)) return text;
  throw new UserError('SG_BAD_OPTION', `${flag} is ${text}, but it must be a base URL without user, query and fragment.`, {
    fix: `For example: ${flag} http://localhost:4577`,
  });
}

/** Placeholders stand where a URL could have anything. */
function checkedIssuer(text: string): string {
  checkedUrl('--cognito-issuer', text.replaceAll('{region}', 'region').replaceAll('{poolId}', 'pool'));
  return text;
}

/** A listener or service of an HTTP API's private integration, a load balancer or VPC link of a REST API's. */
const PRIVATE_TARGET =
  /^(?:arn:aws[a-z-]*:(?:elasticloadbalancing:[^:]*:\d{12}:(?:listener|loadbalancer)\/|servicediscovery:[^:]*:\d{12}:service\/)\S+|[A-Za-z0-9_-]{1,64})$/;

function checkedArn(arn: string): string {
  if (PRIVATE_TARGET.test(arn)) return arn;
  throw new UserError(
    'SG_BAD_OPTION',
    `--vpc-target names ${arn}, which is no listener, load balancer, Cloud Map service or VPC link.`,
    {
      fix: "Use the IntegrationUri of an HTTP API's integration, or the integrationTarget or connectionId of a REST API's.",
    },
  );
}

function toAddress(arn: string, text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match !== null && port >= 1 && port <= 65_535) return { host: (match[1] ?? match[2]) as string, port };
  throw new UserError('SG_BAD_OPTION', `--vpc-target ${arn} is ${text}, but it must be HOST:PORT.`, {
    fix: `For example: --vpc-target ${arn}=127.0.0.1:3000`,
  });
}

/** The variables every AWS tool reads. Half a key is a mistake that would show as refused signatures. */
export function credentialsIn(environment: Readonly<Record<string, string | undefined>>): IntegrationTargets['awsCredentials'] {
  const accessKeyId = environment['AWS_ACCESS_KEY_ID'] || undefined;
  const secretAccessKey = environment['AWS_SECRET_ACCESS_KEY'] || undefined;
  const sessionToken = environment['AWS_SESSION_TOKEN'] || undefined;
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined;
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}
