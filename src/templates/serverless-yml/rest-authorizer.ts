// `authorizer` of http events: a function of this file, one by its ARN, a user pool, or AWS_IAM.
// Source: Serverless Framework, guide "REST API", "HTTP Endpoints with Custom Authorizers".

import type { Place } from '../../config/user-error.ts';
import type { DesiredRestAuthorizer } from '../desired-rest-api.ts';
import { isVacant, type MapNode, type TemplateNode } from '../template-node.ts';
import { httpAuthorizerProperties } from './api-property-tables.ts';
import { evaluateCloudFormation, isCloudFormationFunction } from './cloudformation-values.ts';
import type { Properties, PropertyReader } from './property-reader.ts';
import type { RestReading } from './rest-reading.ts';
import { functionArn, functionName } from './service-identity.ts';
import { readSharedAuthorizer } from './shared-authorizer.ts';

export interface RestAuthorization {
  readonly type: 'AWS_IAM' | 'CUSTOM' | 'COGNITO_USER_POOLS';
  readonly authorizer?: DesiredRestAuthorizer;
  /** Of this file; it gets the permission to be called. */
  readonly functionKey?: string;
  readonly scopes?: readonly string[];
  /** Of a user pool's token, for the event of a function with `integration: lambda`. */
  readonly claims?: readonly string[];
}

const TTL_SECONDS = 300;
const HEADER = 'method.request.header.Authorization';

/** Undefined for none; `refused` for one that cannot be had, so that its method must not be served. */
export function readRestAuthorizer(
  node: TemplateNode | undefined,
  place: Place,
  where: string,
  reading: RestReading,
): RestAuthorization | 'refused' | undefined {
  if (node === undefined || isVacant(node)) return undefined;
  const { reader } = reading;
  const value = reader.variables.resolve(node);
  if (value === undefined) return 'refused';
  if (isVacant(value)) return undefined;
  if (value.kind === 'map' && !isCloudFormationFunction(value)) return readMap(value, place, where, reading);
  if (value.kind === 'scalar' && String(value.value).toLowerCase() === 'aws_iam') return { type: 'AWS_IAM' };
  const named = textOf(value, where, reading);
  if (named === undefined) return 'refused';
  return custom(named.includes(':') ? { arn: named } : { key: named }, new Map(), place, where, reading);
}

function readMap(map: MapNode, place: Place, where: string, reading: RestReading): RestAuthorization | 'refused' {
  const { reader } = reading;
  const isUnknown = [...map.entries.keys()].some((key) => !Object.hasOwn(httpAuthorizerProperties, key));
  const properties = reader.properties(map, httpAuthorizerProperties, where, 'functions.*.events.http.authorizer');
  if (isUnknown) return 'refused';
  if (map.entries.has('authorizerId')) {
    const scopes = reader.texts(properties.get('scopes'), `${where}.scopes`, 'orders/read');
    return readSharedAuthorizer(map, scopes, where, reading);
  }
  const type = reader.text(properties.get('type'), `${where}.type`, 'token')?.toUpperCase();
  if (type === 'AWS_IAM') return { type };
  const arnNode = properties.get('arn');
  const arn = arnNode && textOf(arnNode, `${where}.arn`, reading);
  if (arnNode !== undefined && (arn === undefined || arn === '')) return 'refused';
  if (arn !== undefined && !arn.startsWith('arn:')) {
    return refuse(
      arnNode?.place ?? place,
      `${where}.arn is no ARN: ${arn}.`,
      'Write arn:aws:lambda:… or arn:aws:cognito-idp:… .',
      reading,
    );
  }
  const key = reader.text(properties.get('name'), `${where}.name`, 'authorize');
  if (arn !== undefined) return custom({ arn, key }, properties, place, where, reading);
  if (key === undefined) {
    return refuse(place, `${where} names no authorizer.`, 'Add name: KEY of a function in this file, or arn.', reading);
  }
  return custom({ key }, properties, place, where, reading);
}

function custom(
  named: { readonly arn?: string; readonly key?: string | undefined },
  properties: Properties,
  place: Place,
  where: string,
  reading: RestReading,
): RestAuthorization | 'refused' {
  const { reader, functions, identity } = reading;
  const typeNode = properties.get('type');
  const given = typeNode?.kind === 'scalar' ? String(typeNode.value).toUpperCase() : undefined;
  const isUserPool = given === 'COGNITO_USER_POOLS' || (named.arn?.includes(':userpool/') ?? false);
  const type = isUserPool ? 'COGNITO_USER_POOLS' : (given ?? 'TOKEN');
  if (type !== 'TOKEN' && type !== 'REQUEST' && type !== 'COGNITO_USER_POOLS') {
    const what = `${where}.type must be token, request, COGNITO_USER_POOLS or aws_iam, but it is ${type}.`;
    return refuse(typeNode?.place ?? place, what, 'Use one of these.', reading);
  }
  const claims = readClaims(properties.get('claims'), `${where}.claims`, reader);
  const scopes = reader.texts(properties.get('scopes'), `${where}.scopes`, 'orders/read');
  const sources = reader.texts(properties.get('identitySource'), `${where}.identitySource`, HEADER);
  const pattern = reader.text(
    properties.get('identityValidationExpression'),
    `${where}.identityValidationExpression`,
    '^Bearer .+',
  );
  const ttl = reader.integer(properties.get('resultTtlInSeconds'), `${where}.resultTtlInSeconds`, 0, 3600);
  // A REQUEST authorizer whose results are not kept needs nothing to keep them by.
  const source = sources?.join(',') ?? (type === 'REQUEST' && ttl === 0 ? '' : HEADER);
  const common = {
    ...(source === '' ? {} : { identitySource: source }),
    ...(pattern === undefined ? {} : { identityValidationExpression: pattern }),
    authorizerResultTtlInSeconds: ttl ?? TTL_SECONDS,
  };
  if (isUserPool) {
    if (named.arn === undefined) {
      return refuse(place, `${where} names no user pool.`, 'Add arn: the ARN of the user pool.', reading);
    }
    const name = named.key ?? named.arn.split('/').at(-1) ?? named.arn;
    return {
      type: 'COGNITO_USER_POOLS',
      authorizer: { name, type: 'COGNITO_USER_POOLS', providerARNs: [named.arn], ...common },
      ...(scopes === undefined ? {} : { scopes }),
      ...(claims === undefined ? {} : { claims }),
    };
  }
  const own = functions.find((one) =>
    named.arn === undefined ? one.key === named.key : functionArn(functionName(one, identity), identity) === named.arn,
  );
  if (named.arn === undefined && own === undefined) {
    const keys = functions.map((one) => one.key);
    const what = `${where}: there is no function ${named.key}.`;
    return refuse(
      place,
      what,
      reader.suggestion(named.key ?? '', keys, 'Name a function of this file, or give its ARN.'),
      reading,
    );
  }
  const arn = own === undefined ? named.arn! : functionArn(functionName(own, identity), identity);
  return {
    type: 'CUSTOM',
    authorizer: {
      name: named.key ?? arn.split(':').at(-1) ?? arn,
      type,
      authorizerUri: `arn:aws:apigateway:${identity.region}:lambda:path/2015-03-31/functions/${arn}/invocations`,
      ...common,
    },
    // Serverless Framework: scopes are of user pools; a function's authorizer has none.
    ...(own === undefined ? {} : { functionKey: own.key }),
  };
}

function readClaims(node: TemplateNode | undefined, where: string, reader: PropertyReader): readonly string[] | undefined {
  const claims = reader.texts(node, where, 'email');
  const wrong = claims?.find((claim) => !/^[\w:.-]+$/.test(claim));
  if (node === undefined || wrong === undefined) return claims;
  reader.problems.error(
    'SG_BAD_VALUE',
    node.place,
    `${where}: ${JSON.stringify(wrong)} is no name of a claim.`,
    'For example: email',
  );
  return undefined;
}

/** The text that stands there, or what a CloudFormation function says; undefined after a problem was noted. */
function textOf(node: TemplateNode, where: string, { reader, known }: RestReading): string | undefined {
  if (isCloudFormationFunction(node)) {
    const text = evaluateCloudFormation(node, known, reader.variables, reader.problems);
    return text === '' ? undefined : text;
  }
  return reader.text(node, where, 'authorize');
}

function refuse(place: Place, what: string, fix: string, { reader }: RestReading): 'refused' {
  reader.problems.error('SG_BAD_VALUE', place, what, fix);
  return 'refused';
}
