// `authorizerId` of http events: an authorizer that stands under `resources` and that events share.
// Source: Serverless Framework, guide "REST API", "Share Authorizer"; CloudFormation template reference, AWS::ApiGateway::Authorizer.

import type { DesiredRestAuthorizer } from '../desired-rest-api.ts';
import type { MapNode } from '../template-node.ts';
import { plainValue } from './plain-value.ts';
import type { Resource } from './resources.ts';
import type { RestAuthorization } from './rest-authorizer.ts';
import type { RestReading } from './rest-reading.ts';
import { functionArn, functionName } from './service-identity.ts';

const TYPES = ['TOKEN', 'REQUEST', 'COGNITO_USER_POOLS'] as const;
const MEMBERS = [
  ...['Name', 'Type', 'RestApiId', 'IdentitySource', 'IdentityValidationExpression', 'AuthorizerResultTtlInSeconds'],
  ...['ProviderARNs', 'AuthorizerUri', 'AuthorizerCredentials', 'AuthType'],
];

/** `map` is the event's `authorizer`, with an authorizerId. `refused` after a problem was noted. */
export function readSharedAuthorizer(
  map: MapNode,
  scopes: readonly string[] | undefined,
  where: string,
  reading: RestReading,
): RestAuthorization | 'refused' {
  const { reader, resources } = reading;
  const entry = map.entries.get('authorizerId')!;
  const value = reader.variables.resolve(entry.node);
  const reference = value?.kind === 'map' ? value.entries.get('Ref')?.node : undefined;
  const id = reference?.kind === 'scalar' ? String(reference.value) : undefined;
  const resource = id === undefined ? undefined : resources.get(id);
  if (id === undefined || resource?.type !== 'AWS::ApiGateway::Authorizer' || !resource.isRun) {
    const what = `${where}.authorizerId: an authorizer of another API cannot be named.`;
    const fix = 'Name one that stands under resources with !Ref, or a function of this file, or give an ARN.';
    reader.problems.unsupported(entry.keyPlace, what, fix);
    return 'refused';
  }
  reader.heed(`resources: ${id}`);
  return fromResource(id, resource, scopes, reading);
}

function fromResource(
  id: string,
  resource: Resource,
  scopes: readonly string[] | undefined,
  reading: RestReading,
): RestAuthorization | 'refused' {
  const { reader, functions, identity } = reading;
  const where = `resources.Resources.${id}.Properties`;
  const members = readMembers(resource, where, reading);
  if (members === undefined) return 'refused';
  const type = TYPES.find((one) => one === members['Type']);
  const wrong = (what: string, fix: string): 'refused' => {
    reader.problems.error('SG_BAD_VALUE', resource.place, `${where}${what}`, fix);
    return 'refused';
  };
  if (type === undefined) return wrong(`.Type must be one of ${TYPES.join(', ')}.`, 'Use one of these.');
  const pools = textsOf(members['ProviderARNs']);
  const uri = members['AuthorizerUri'];
  if (type === 'COGNITO_USER_POOLS' && pools.length === 0) return wrong(' has no ProviderARNs.', 'Add the ARN of the user pool.');
  if (type !== 'COGNITO_USER_POOLS' && typeof uri !== 'string') return wrong(' has no AuthorizerUri.', "Add the function's.");
  const own = functions.find((one) => String(uri).includes(`${functionArn(functionName(one, identity), identity)}/`));
  const source = members['IdentitySource'];
  if (type !== 'REQUEST' && (typeof source !== 'string' || source === '')) {
    return wrong(' has no IdentitySource.', 'Add it: method.request.header.Authorization');
  }
  const expression = members['IdentityValidationExpression'];
  const authorizer: DesiredRestAuthorizer = {
    name: typeof members['Name'] === 'string' ? members['Name'] : id,
    type,
    ...(type === 'COGNITO_USER_POOLS' ? { providerARNs: pools } : { authorizerUri: String(uri) }),
    ...(typeof source === 'string' && source !== '' ? { identitySource: source } : {}),
    ...(typeof expression === 'string' && expression !== '' ? { identityValidationExpression: expression } : {}),
    authorizerResultTtlInSeconds: Number(members['AuthorizerResultTtlInSeconds'] ?? 300),
  };
  return {
    type: type === 'COGNITO_USER_POOLS' ? type : 'CUSTOM',
    authorizer,
    ...(own === undefined ? {} : { functionKey: own.key }),
    ...(scopes === undefined || type !== 'COGNITO_USER_POOLS' ? {} : { scopes }),
  };
}

/** Values of the properties but RestApiId: the routes get an API of their own. Undefined after it was noted that one cannot be told. */
function readMembers(
  { properties }: Resource,
  where: string,
  { reader, known }: RestReading,
): Record<string, unknown> | undefined {
  const members: Record<string, unknown> = {};
  for (const { key, keyPlace, node } of properties?.entries.values() ?? []) {
    if (!MEMBERS.includes(key)) {
      reader.problems.unknown(
        keyPlace,
        `The property ${where}.${key} does not exist.`,
        reader.suggestion(key, MEMBERS, 'Remove it.'),
      );
      return undefined;
    }
    if (key === 'RestApiId' || key === 'AuthType') continue;
    if (key === 'AuthorizerCredentials') {
      reader.problems.unsupported(
        keyPlace,
        `${where}.${key}: the roles of a stack are not made here.`,
        'Remove it for local runs.',
      );
      return undefined;
    }
    const value = plainValue(node, known, reader);
    // --lenient leaves empty what only a stack knows; an authorizer is not made of that.
    const items = Array.isArray(value) ? value : [value];
    if (items.some((item) => item === undefined || item === '')) return undefined;
    members[key] = value;
  }
  return members;
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
