// Whatever a patch says, it is applied or refused in AWS's terms; it is never a bug, and a refused one changes nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AwsError } from '../../aws/aws-error.ts';
import { gatewayUnderTest } from './gateway-under-test.ts';

/** Numbers that are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const ops = ['replace', 'replace', 'replace', 'add', 'add', 'remove', 'copy', 'move', 'test'] as const;
const segments = [
  ...[
    'name',
    'description',
    'policy',
    'types',
    '0',
    'EDGE',
    'binaryMediaTypes',
    'endpointConfiguration',
    'ipAddressType',
    'vpcEndpointIds',
  ],
  ...[
    'requestParameters',
    'method.request.header.a',
    'requestModels',
    'application~1json',
    'requestTemplates',
    'selectionPattern',
  ],
  ...[
    'responseParameters',
    'method.response.header.a',
    'gatewayresponse.header.a',
    'responseTemplates',
    'statusCode',
    'uri',
    'cacheKeyParameters',
  ],
  ...[
    'canarySettings',
    'percentTraffic',
    'deploymentId',
    'stageVariableOverrides',
    'variables',
    'accessLogSettings',
    'format',
    '*',
    'metrics',
  ],
  ...[
    'enabled',
    'throttling',
    'rateLimit',
    'caching',
    'logging',
    'loglevel',
    'schema',
    'validateRequestBody',
    'providerARNs',
    'identitySource',
  ],
  ...[
    'authorizerId',
    'timeoutInMillis',
    'pathPart',
    'parentId',
    'properties',
    'features',
    '__proto__',
    'constructor',
    '',
    '~',
    '~1',
    '\u0000',
    '\ud800',
  ],
];
const values = [
  '',
  'true',
  '1',
  '-1',
  'x',
  "'x'",
  'EDGE',
  'dualstack',
  '{}',
  '{"type":"object"}',
  '200',
  '__proto__',
  '\u0000',
  'Empty',
  'a/b',
  '(',
  undefined,
];

/** Paths that some noun has, so that enough patches get as far as their values. */
const paths = [
  ...['/name', '/description', '/policy', '/apiKeySource', '/minimumCompressionSize', '/disableExecuteApiEndpoint'],
  ...['/endpointConfiguration/types/0', '/endpointConfiguration/ipAddressType', '/endpointConfiguration/vpcEndpointIds'],
  ...[
    '/binaryMediaTypes/a~1b',
    '/pathPart',
    '/parentId',
    '/authorizationType',
    '/authorizerId',
    '/apiKeyRequired',
    '/requestValidatorId',
  ],
  ...['/requestParameters/method.request.header.a', '/requestModels/application~1json', '/authorizationScopes', '/operationName'],
  ...[
    '/responseParameters/method.response.header.a',
    '/responseModels/application~1json',
    '/responseTemplates/__proto__',
    '/statusCode',
  ],
  ...['/uri', '/httpMethod', '/credentials', '/passthroughBehavior', '/contentHandling', '/timeoutInMillis', '/cacheNamespace'],
  ...[
    '/connectionType',
    '/connectionId',
    '/cacheKeyParameters/__proto__',
    '/requestTemplates/application~1json',
    '/selectionPattern',
  ],
  ...[
    '/schema',
    '/validateRequestBody',
    '/validateRequestParameters',
    '/identitySource',
    '/identityValidationExpression',
    '/providerARNs',
  ],
  ...[
    '/authorizerResultTtlInSeconds',
    '/deploymentId',
    '/variables/a',
    '/variables',
    '/canarySettings',
    '/canarySettings/percentTraffic',
  ],
  ...[
    '/canarySettings/stageVariableOverrides/a',
    '/*/*/throttling/burstLimit',
    '/*/*',
    '/a/GET/caching/enabled',
    '/tracingEnabled',
  ],
  ...[
    '/accessLogSettings/format',
    '/accessLogSettings',
    '/cacheClusterSize',
    '/cacheClusterEnabled',
    '/properties',
    '/cloudwatchRoleArn',
  ],
];

test('any patch of any noun', async () => {
  const { call, mockApi, store } = gatewayUnderTest();
  const names = await mockApi();
  const { restApiId } = names;
  const { id: deploymentId } = await call('CreateDeployment', { restApiId, stageName: 'dev' });
  const { id: requestValidatorId } = await call('CreateRequestValidator', { restApiId, name: 'v' });
  const { id: child } = await call('CreateResource', { restApiId, parentId: names.resourceId, pathPart: 'pets' });
  const part = await call('CreateDocumentationPart', { restApiId, location: { type: 'API' }, properties: '{}' });
  await call('CreateDocumentationVersion', { restApiId, documentationVersion: '1' });
  const authorizer = await call('CreateAuthorizer', {
    ...{ restApiId, name: 'a', type: 'TOKEN', identitySource: 'method.request.header.a' },
    authorizerUri: 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/f/invocations',
  });
  const nouns = [
    ['UpdateRestApi', { restApiId }],
    ['UpdateResource', { restApiId, resourceId: child }],
    ['UpdateMethod', names],
    ['UpdateMethodResponse', { ...names, statusCode: '200' }],
    ['UpdateIntegration', names],
    ['UpdateIntegrationResponse', { ...names, statusCode: '200' }],
    ['UpdateModel', { restApiId, modelName: 'Empty' }],
    ['UpdateRequestValidator', { restApiId, requestValidatorId }],
    ['UpdateGatewayResponse', { restApiId, responseType: 'THROTTLED' }],
    ['UpdateAuthorizer', { restApiId, authorizerId: authorizer.id }],
    ['UpdateDeployment', { restApiId, deploymentId }],
    ['UpdateStage', { restApiId, stageName: 'dev' }],
    ['UpdateDocumentationPart', { restApiId, documentationPartId: part.id }],
    ['UpdateDocumentationVersion', { restApiId, documentationVersion: '1' }],
    ['UpdateAccount', {}],
  ] as const;
  const below = numbers(20_261_127);
  const any = <T>(items: readonly T[]): T => items[below(items.length)] as T;
  const path = () => (below(4) > 0 ? any(paths) : Array.from({ length: 1 + below(4) }, () => `/${any(segments)}`).join(''));
  let applied = 0;
  for (let i = 0; i < 20_000; i++) {
    const [operation, input] = any(nouns);
    const patchOperations = Array.from({ length: 1 + below(2) }, () => ({
      op: any(ops),
      path: path(),
      value: any(values),
      from: path(),
    }));
    const revision = store.revision();
    try {
      await call(operation, { ...input, patchOperations } as never);
      applied++;
    } catch (error) {
      assert.ok(error instanceof AwsError, `${operation} ${JSON.stringify(patchOperations)}: ${(error as Error).stack}`);
      assert.equal(store.revision(), revision, 'a refused patch changes nothing');
    }
  }
  assert.ok(applied > 100, `only ${applied} patches were applied`);
  // What they left can be deployed, listed and deleted.
  for (const operation of ['GetResources', 'GetModels', 'GetAuthorizers', 'GetStages', 'GetGatewayResponses'] as const) {
    await call(operation, { restApiId });
  }
  await call('DeleteRestApi', { restApiId });
});
