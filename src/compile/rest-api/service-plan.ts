// AWS with a service's URI as a plan: `arn:aws:apigateway:{region}:[{subdomain}.]{service}:path/{path}` or `…:action/{Action}[&k=v]`.

import { partitionOf } from '../../aws/arn.ts';
import type { RestIntegration } from '../../model/rest-api.ts';
import type { RestIntegrationPlan, RestServicePlan, RestUnservablePlan, ServiceTargetPlan } from '../../model/rest-api-plan.ts';
import type { planServiceAccess } from '../http-api/credentials-plan.ts';
import type { Surroundings } from '../http-api/surroundings.ts';
import { splitUri } from './http-plan.ts';
import { type MappedMembers, unservable } from './integration-plan.ts';
import { hostNameOf, signingNameOf } from './signing-name.ts';

const SERVICE_URI = /^arn:aws[a-z0-9-]*:apigateway:([a-z0-9-]+):(?:([A-Za-z0-9.-]+)\.)?([a-z0-9-]+):(path|action)\/(.*)$/;

/** AWS: the gateway itself names the operation for these services. Seen: LocalStack's account of the service. */
const targets: Readonly<Record<string, { readonly prefix: string; readonly contentType: string }>> = {
  dynamodb: { prefix: 'DynamoDB_20120810.', contentType: 'application/x-amz-json-1.0' },
  kinesis: { prefix: 'Kinesis_20131202.', contentType: 'application/x-amz-json-1.1' },
  ssm: { prefix: 'AmazonSSM.', contentType: 'application/x-amz-json-1.1' },
  states: { prefix: 'AWSStepFunctions.', contentType: 'application/x-amz-json-1.0' },
};

export function planServiceIntegration(
  integration: RestIntegration,
  uri: string,
  mapped: MappedMembers,
  access: ReturnType<typeof planServiceAccess>,
  surroundings: Surroundings,
): RestIntegrationPlan {
  const target = planServiceTarget({ uri, method: integration.httpMethod }, surroundings, access.asCaller === true);
  if ('type' in target) return target;
  return { type: 'AWS_SERVICE', ...access, ...mapped, ...target } satisfies RestServicePlan;
}

/** What of an integration says which action is called; stage variables are put in. */
export interface ServiceTarget {
  readonly uri: string;
  readonly method: string | undefined;
}

/** `asCaller`: calls are signed with the keys of whoever signed the request. */
export function planServiceTarget(
  { uri, method }: ServiceTarget,
  surroundings: Surroundings,
  asCaller: boolean,
): ServiceTargetPlan | RestUnservablePlan {
  const match = SERVICE_URI.exec(uri);
  if (match === null) return unservable(`The URI names no AWS service: "${uri}".`);
  const [, region = '', subdomain, service = '', form, rest = ''] = match;
  if (!asCaller && !surroundings.hasAwsKeys) {
    return {
      type: 'UNSERVABLE',
      waitsForOperator: true,
      reason:
        `The integration calls ${service}, and there are no keys to sign its calls with. Start Stagegate with AWS_ACCESS_KEY_ID and ` +
        'AWS_SECRET_ACCESS_KEY in its environment.',
    };
  }
  return {
    ...(method === undefined || method === '' || method === 'ANY' ? {} : { method }),
    service: signingNameOf(service, subdomain),
    region,
    endpoint: endpointOf(service, subdomain, region, surroundings),
    ...(form === 'path' ? pathForm(rest) : actionForm(service, rest)),
  };
}

function pathForm(rest: string): Pick<ServiceTargetPlan, 'path' | 'query'> {
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return { path: splitUri(`/${path.replace(/^\/+/, '')}`), query: mark < 0 ? [] : splitUri(rest.slice(mark + 1)) };
}

function actionForm(service: string, rest: string): Pick<ServiceTargetPlan, 'path' | 'query' | 'target' | 'contentType'> {
  const [action = '', ...more] = rest.split('&');
  const target = Object.hasOwn(targets, service) ? targets[service] : undefined;
  // AWS: SSM is called with its older protocol all the same. Seen: recorded responses.
  const query = [`Action=${action}`, ...more].join('&');
  return {
    path: ['/'],
    query: splitUri(query),
    ...(target === undefined || service === 'ssm'
      ? {}
      : { target: `${target.prefix}${action}`, contentType: target.contentType }),
  };
}

/** The operator's base URL, or AWS's end point. */
function endpointOf(service: string, subdomain: string | undefined, region: string, { awsEndpoints }: Surroundings): string {
  const own = (awsEndpoints as ReadonlyMap<string, string>).get(service) ?? awsEndpoints.get('all');
  if (own !== undefined) return own.replaceAll('{region}', region);
  const domain = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return `https://${subdomain === undefined ? '' : `${subdomain}.`}${hostNameOf(service)}.${region}.${domain}`;
}
